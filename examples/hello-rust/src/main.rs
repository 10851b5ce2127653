//! Greets whom the request's body names. It runs once per call, from top to bottom: what it prints is the answer.

mod request;

use request::Request;

fn main() {
    match Request::read().and_then(|request| answer(&request)) {
        Ok(text) => print!("{text}"),
        Err(reason) => {
            // What goes to stderr is in the function's log; an exit code other than 0 tells the caller that it failed.
            eprintln!("{reason}");
            std::process::exit(1);
        }
    }
}

fn answer(request: &Request) -> Result<String, String> {
    let name = request.text()?.trim();
    let length = name.chars().count();
    if length > 100 {
        return Err(format!("The name has {length} characters; 100 is the most."));
    }
    let greeting = std::env::var("GREETING").unwrap_or_default();
    let name = if name.is_empty() { "world" } else { name };
    let Request { method, path, query, .. } = request;
    Ok(format!("{greeting}, {name}!\nYou sent {method} {path}?{query}\n"))
}
