//! Answers the text of the request's body as a QR code: SVG, or `?format=text` for a terminal.

mod codewords;
mod matrix;
mod penalty;
mod reed_solomon;
mod render;
mod version;

use matrix::Matrix;
use std::io::{self, Read, Write};
use version::Version;

fn main() {
    if let Err(message) = answer() {
        eprintln!("{message}");
        std::process::exit(1);
    }
}

fn answer() -> Result<(), String> {
    let mut text = String::new();
    io::stdin()
        .read_to_string(&mut text)
        .map_err(|_| "The body is not text: it must be UTF-8.".to_string())?;
    let query = std::env::var("QUERY_STRING").unwrap_or_default();
    let render = renderer(&query)?;
    let code = encode(text.as_bytes())?;
    io::stdout().write_all(render(&code).as_bytes()).map_err(|error| error.to_string())
}

fn renderer(query: &str) -> Result<fn(&Matrix) -> String, String> {
    let format = query.split('&').find_map(|pair| pair.strip_prefix("format="));
    match format {
        None | Some("svg") => Ok(render::svg),
        Some("text") => Ok(render::text),
        Some(_) => Err("The format is not known: take format=svg or format=text.".to_string()),
    }
}

fn encode(data: &[u8]) -> Result<Matrix, String> {
    if data.is_empty() {
        return Err("The body is empty: send the text that the QR code should hold.".to_string());
    }
    let version = Version::smallest_for(data.len()).ok_or_else(|| {
        let most = Version::LARGEST.capacity_bytes();
        format!("The text has {} bytes; a QR code holds at most {most}.", data.len())
    })?;
    let codewords = codewords::interleave(version, &codewords::from_bytes(version, data));
    Ok(Matrix::draw(version, &codewords))
}
