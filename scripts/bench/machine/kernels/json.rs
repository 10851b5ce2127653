//! Parses a JSON text of about 100 kB into a tree and writes it again, as often as standard input says.
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Read;

enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(BTreeMap<String, Value>),
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&mut self) -> u8 {
        while matches!(self.text.get(self.at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
        *self.text.get(self.at).unwrap_or(&0)
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if !self.text[self.at..].starts_with(word.as_bytes()) {
            return Err(format!("expected {} at {}", word, self.at));
        }
        self.at += word.len();
        Ok(())
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.peek() {
            b'n' => self.expect("null").map(|_| Value::Null),
            b't' => self.expect("true").map(|_| Value::Bool(true)),
            b'f' => self.expect("false").map(|_| Value::Bool(false)),
            b'"' => self.text().map(Value::Text),
            b'[' => self.list(),
            b'{' => self.object(),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        while matches!(self.text.get(self.at), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let digits = std::str::from_utf8(&self.text[start..self.at]).map_err(|e| e.to_string())?;
        digits.parse().map(Value::Number).map_err(|_| format!("no number at {}", start))
    }

    fn text(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.text.get(self.at), None | Some(b'"' | b'\\')) {
                self.at += 1;
            }
            out.push_str(std::str::from_utf8(&self.text[start..self.at]).map_err(|e| e.to_string())?);
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(_) => {
                    out.push(match self.text.get(self.at + 1) {
                        Some(b'n') => '\n',
                        Some(b't') => '\t',
                        Some(&other) => other as char,
                        None => return Err("the text ends in an escape".into()),
                    });
                    self.at += 2;
                }
                None => return Err("the text does not end".into()),
            }
        }
    }

    fn list(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        self.at += 1;
        while self.peek() != b']' {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.value()?);
        }
        self.at += 1;
        Ok(Value::List(items))
    }

    fn object(&mut self) -> Result<Value, String> {
        let mut fields = BTreeMap::new();
        self.at += 1;
        while self.peek() != b'}' {
            if !fields.is_empty() {
                self.expect(",")?;
                self.peek();
            }
            let name = self.text()?;
            self.peek();
            self.expect(":")?;
            fields.insert(name, self.value()?);
        }
        self.at += 1;
        Ok(Value::Object(fields))
    }
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => write!(out, "{}", value).unwrap(),
        Value::Text(text) => write_text(text, out),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (name, field)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write(field, out);
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn main() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    let repeat: usize = input.trim().parse().unwrap();
    let mut text = String::from("[");
    for i in 0..800 {
        write!(
            text,
            "{}{{\"id\":{},\"name\":\"item \\\"{}\\\"\",\"price\":{}.{:02},\"tags\":[\"a{}\",\"été\",null,true],\"box\":{{\"w\":{},\"h\":-1.5e2}}}}",
            if i == 0 { "" } else { ", " }, i, i * 7, i % 90, i % 100, i % 5, i * 3
        )
        .unwrap();
    }
    text.push(']');
    for _ in 0..repeat {
        let value = Parser { text: text.as_bytes(), at: 0 }.value().unwrap();
        let mut again = String::new();
        write(&value, &mut again);
        text = again;
    }
    let sum = text.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    println!("{} {}", text.len(), sum);
}
