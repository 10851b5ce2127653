//! CSV as RFC 4180 has it: reading in pieces of any size, writing with quotes where they are needed.

use std::io::{Read, Write};

const CHUNK_BYTES: usize = 64 * 1024;

/// The fields of one row; its memory is used again for the next one.
#[derive(Default)]
pub struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Record {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, field: usize) -> &[u8] {
        let start = if field == 0 { 0 } else { self.ends[field - 1] };
        &self.bytes[start..self.ends[field]]
    }

    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(move |field| self.get(field))
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn end_field(&mut self) {
        self.ends.push(self.bytes.len());
    }
}

enum State {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote within a quoted field: it ends the field, or stands for a quote if another one follows.
    Quote,
}

pub struct Reader<R> {
    input: R,
    chunk: Vec<u8>,
    position: usize,
    /// Of the last row's first character, from 1.
    line: usize,
    next_line: usize,
    /// A line feed behind a carriage return belongs to it.
    after_return: bool,
}

impl<R: Read> Reader<R> {
    pub fn new(input: R) -> Self {
        Reader { input, chunk: Vec::new(), position: 0, line: 0, next_line: 1, after_return: false }
    }

    pub fn line(&self) -> usize {
        self.line
    }

    /// Reads the next row into `record`; false at the end.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, String> {
        record.clear();
        self.line = self.next_line;
        let mut state = State::FieldStart;
        loop {
            if self.position == self.chunk.len() && !self.fill()? {
                return self.end(record, state);
            }
            let rest = &self.chunk[self.position..];
            let byte = rest[0];
            if std::mem::take(&mut self.after_return) && byte == b'\n' {
                self.position += 1;
                continue;
            }
            match (&state, byte) {
                (State::Quoted, b'"') => state = State::Quote,
                (State::Quoted, _) => {
                    let length = rest.iter().position(|&each| each == b'"').unwrap_or(rest.len());
                    self.next_line += rest[..length].iter().filter(|&&each| each == b'\n').count();
                    record.bytes.extend_from_slice(&rest[..length]);
                    self.position += length;
                    continue;
                }
                (State::Quote, b'"') => {
                    record.bytes.push(b'"');
                    state = State::Quoted;
                }
                (_, b',') => {
                    record.end_field();
                    state = State::FieldStart;
                }
                (_, b'\r') | (_, b'\n') => {
                    self.position += 1;
                    self.next_line += 1;
                    self.after_return = byte == b'\r';
                    record.end_field();
                    return Ok(true);
                }
                (State::FieldStart, b'"') => state = State::Quoted,
                (State::Quote, _) => return Err(self.fault("has text behind a closing quote")),
                (State::Plain, b'"') => return Err(self.fault("has a quote within a field without quotes")),
                (State::FieldStart, _) | (State::Plain, _) => {
                    let length = rest.iter().position(|&each| is_special(each)).unwrap_or(rest.len());
                    record.bytes.extend_from_slice(&rest[..length]);
                    self.position += length;
                    state = State::Plain;
                    continue;
                }
            }
            self.position += 1;
        }
    }

    fn end(&self, record: &mut Record, state: State) -> Result<bool, String> {
        match state {
            State::Quoted => Err(self.fault("opens a quote that is never closed")),
            State::FieldStart if record.len() == 0 => Ok(false),
            _ => {
                record.end_field();
                Ok(true)
            }
        }
    }

    fn fault(&self, what: &str) -> String {
        format!("The row at line {} {what}.", self.line)
    }

    fn fill(&mut self) -> Result<bool, String> {
        let is_first = self.chunk.is_empty();
        self.chunk.resize(CHUNK_BYTES, 0);
        let length = self.input.read(&mut self.chunk).map_err(|error| error.to_string())?;
        self.chunk.truncate(length);
        // Spreadsheets put a byte order mark in front.
        self.position = if is_first && self.chunk.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Ok(self.position < length)
    }
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b',' | b'"' | b'\r' | b'\n')
}

pub struct Writer<W> {
    output: W,
    pending: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub fn new(output: W) -> Self {
        Writer { output, pending: Vec::with_capacity(2 * CHUNK_BYTES) }
    }

    pub fn write<'a>(&mut self, fields: impl Iterator<Item = &'a [u8]>) -> Result<(), String> {
        let start = self.pending.len();
        for (index, field) in fields.enumerate() {
            if index > 0 {
                self.pending.push(b',');
            }
            self.write_field(field);
        }
        if self.pending.len() == start {
            // One empty field: without quotes it would be a blank line.
            self.pending.extend_from_slice(b"\"\"");
        }
        self.pending.extend_from_slice(b"\r\n");
        if self.pending.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    pub fn flush(&mut self) -> Result<(), String> {
        self.output.write_all(&self.pending).map_err(|error| error.to_string())?;
        self.pending.clear();
        self.output.flush().map_err(|error| error.to_string())
    }

    fn write_field(&mut self, field: &[u8]) {
        if !field.iter().any(|&byte| is_special(byte)) {
            self.pending.extend_from_slice(field);
            return;
        }
        self.pending.push(b'"');
        for &byte in field {
            if byte == b'"' {
                self.pending.push(b'"');
            }
            self.pending.push(byte);
        }
        self.pending.push(b'"');
    }
}
