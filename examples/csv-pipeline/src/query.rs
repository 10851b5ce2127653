//! What the query string asks for.

use crate::csv::{Reader, Record};

#[derive(Clone, Copy, PartialEq)]
pub enum Measure {
    Count,
    Sum,
    Mean,
    Min,
    Max,
}

#[derive(Default)]
pub struct Query {
    pub filters: Vec<Vec<u8>>,
    pub select: Option<Vec<Vec<u8>>>,
    pub group: Vec<Vec<u8>>,
    /// In the order of the query; the column of `count` is empty.
    pub measures: Vec<(Measure, Vec<u8>)>,
    has_group: bool,
}

impl Query {
    pub fn parse(text: &str) -> Result<Query, String> {
        let mut query = Query::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.take(&String::from_utf8_lossy(&decode(key)), decode(value))?;
        }
        if query.is_grouped() && query.select.is_some() {
            return Err("select goes with rows; a summary has the columns of group and its measures.".into());
        }
        if query.is_grouped() && query.measures.is_empty() {
            query.measures.push((Measure::Count, Vec::new()));
        }
        Ok(query)
    }

    /// True if rows are summed up.
    pub fn is_grouped(&self) -> bool {
        self.has_group || !self.measures.is_empty()
    }

    fn take(&mut self, key: &str, value: Vec<u8>) -> Result<(), String> {
        let measure = match key {
            "where" => {
                self.filters.push(value);
                return Ok(());
            }
            "select" => {
                self.select = Some(names(&value)?);
                return Ok(());
            }
            "group" => {
                self.has_group = true;
                self.group = names(&value)?;
                return Ok(());
            }
            "count" => {
                self.measures.push((Measure::Count, Vec::new()));
                return Ok(());
            }
            "sum" => Measure::Sum,
            "mean" => Measure::Mean,
            "min" => Measure::Min,
            "max" => Measure::Max,
            _ => {
                return Err(format!(
                    "{key} is not known: take where, select, group, count, sum, mean, min or max."
                ))
            }
        };
        self.measures.extend(names(&value)?.into_iter().map(|name| (measure, name)));
        Ok(())
    }
}

/// Names with commas between them, quoted as in CSV where they hold commas themselves.
fn names(value: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut record = Record::default();
    Reader::new(value).read(&mut record)?;
    if record.len() == 0 {
        return Err("A parameter names no column: write for example select=name,amount.".to_string());
    }
    Ok(record.fields().map(<[u8]>::to_vec).collect())
}

/// Undoes the encoding of a form: `+` is a blank, `%2C` a comma.
fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes
            .get(at + 1..at + 3)
            .filter(|digits| bytes[at] == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match code {
            Some(byte) => decoded.push(byte),
            None => decoded.push(if bytes[at] == b'+' { b' ' } else { bytes[at] }),
        }
        at += if code.is_some() { 3 } else { 1 };
    }
    decoded
}
