//! What a function sees of its call: variables as with CGI, and the body on standard input. You rarely need to change
//! this file.

use std::io::Read;

pub struct Request {
    pub method: String,
    /// With its leading slash; may be empty.
    pub path: String,
    /// Without the question mark; may be empty.
    pub query: String,
    pub body: Vec<u8>,
}

impl Request {
    pub fn read() -> Result<Request, String> {
        let mut body = Vec::new();
        std::io::stdin().read_to_end(&mut body).map_err(|error| error.to_string())?;
        let variable = |name| std::env::var(name).unwrap_or_default();
        Ok(Request {
            method: variable("REQUEST_METHOD"),
            path: variable("PATH_INFO"),
            query: variable("QUERY_STRING"),
            body,
        })
    }

    pub fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.body).map_err(|_| "The body is not text: it must be UTF-8.".to_string())
    }
}
