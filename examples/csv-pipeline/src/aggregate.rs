//! Sums up rows by the values of some columns.

use crate::csv::{Record, Writer};
use crate::decimal::Decimal;
use crate::query::{Measure, Query};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::io::Write;

/// What is known of one column in one group.
#[derive(Clone)]
struct Total {
    count: u64,
    sum: Decimal,
    /// As they are written in the table.
    min: Option<(Decimal, Vec<u8>)>,
    max: Option<(Decimal, Vec<u8>)>,
}

struct Group {
    key: Vec<Vec<u8>>,
    rows: u64,
    totals: Vec<Total>,
}

pub struct Groups {
    header: Vec<Vec<u8>>,
    columns: Vec<usize>,
    /// The measure and its place in `totals`.
    measures: Vec<(Measure, usize)>,
    /// Columns that are measured, each once, with their names.
    measured: Vec<(usize, Vec<u8>)>,
    positions: HashMap<Vec<u8>, usize>,
    /// In the order in which they first appear.
    groups: Vec<Group>,
    key: Vec<u8>,
}

impl Groups {
    pub fn new(query: &Query, header: &Record) -> Result<Groups, String> {
        let mut names = query.group.clone();
        let mut measures = Vec::new();
        let mut measured: Vec<(usize, Vec<u8>)> = Vec::new();
        for (measure, name) in &query.measures {
            names.push(label(*measure, name));
            if *measure == Measure::Count {
                measures.push((*measure, 0));
                continue;
            }
            let column = crate::find_column(header, name)?;
            let place = measured.iter().position(|(each, _)| *each == column).unwrap_or_else(|| {
                measured.push((column, name.clone()));
                measured.len() - 1
            });
            measures.push((*measure, place));
        }
        let mut groups = Groups {
            header: names,
            columns: crate::find_columns(header, &query.group)?,
            measures,
            measured,
            positions: HashMap::new(),
            groups: Vec::new(),
            key: Vec::new(),
        };
        // Without columns to group by there is one group, even of no rows.
        if groups.columns.is_empty() {
            groups.position(&Record::default());
        }
        Ok(groups)
    }

    pub fn add(&mut self, row: &Record, line: usize) -> Result<(), String> {
        let position = self.position(row);
        let group = &mut self.groups[position];
        group.rows += 1;
        for (total, (column, name)) in group.totals.iter_mut().zip(&self.measured) {
            let field = row.get(*column);
            if field.is_empty() {
                continue;
            }
            let fault = |what: &str| {
                let name = String::from_utf8_lossy(name);
                format!("The row at line {line}: {name} {what}: {}", String::from_utf8_lossy(field))
            };
            let number = Decimal::parse(field).ok_or_else(|| fault("is no number"))?;
            total.add(number, field).ok_or_else(|| fault("makes the sum too large"))?;
        }
        Ok(())
    }

    pub fn write(&self, writer: &mut Writer<impl Write>) -> Result<(), String> {
        writer.write(self.header.iter().map(Vec::as_slice))?;
        for group in &self.groups {
            let mut fields = group.key.clone();
            for (measure, place) in &self.measures {
                fields.push(match measure {
                    Measure::Count => group.rows.to_string().into_bytes(),
                    _ => group.totals[*place].show(*measure)?,
                });
            }
            writer.write(fields.iter().map(Vec::as_slice))?;
        }
        Ok(())
    }

    /// The place of the row's group, which is made if it is the first of its kind.
    fn position(&mut self, row: &Record) -> usize {
        self.key.clear();
        for &column in &self.columns {
            let field = row.get(column);
            self.key.extend_from_slice(&(field.len() as u32).to_le_bytes());
            self.key.extend_from_slice(field);
        }
        if let Some(&position) = self.positions.get(&self.key) {
            return position;
        }
        let total = Total { count: 0, sum: Decimal::ZERO, min: None, max: None };
        self.groups.push(Group {
            key: self.columns.iter().map(|&column| row.get(column).to_vec()).collect(),
            rows: 0,
            totals: vec![total; self.measured.len()],
        });
        self.positions.insert(self.key.clone(), self.groups.len() - 1);
        self.groups.len() - 1
    }
}

impl Total {
    fn add(&mut self, number: Decimal, field: &[u8]) -> Option<()> {
        self.count += 1;
        self.sum = self.sum.add(number)?;
        keep(&mut self.min, Ordering::Less, number, field);
        keep(&mut self.max, Ordering::Greater, number, field);
        Some(())
    }

    fn show(&self, measure: Measure) -> Result<Vec<u8>, String> {
        let text = |kept: &Option<(Decimal, Vec<u8>)>| kept.as_ref().map_or(Vec::new(), |(_, text)| text.clone());
        Ok(match measure {
            Measure::Min => text(&self.min),
            Measure::Max => text(&self.max),
            Measure::Mean if self.count == 0 => Vec::new(),
            Measure::Mean => {
                let mean = self.sum.divide(self.count);
                mean.ok_or("A mean has too many digits.")?.to_string().into_bytes()
            }
            _ => self.sum.to_string().into_bytes(),
        })
    }
}

fn keep(kept: &mut Option<(Decimal, Vec<u8>)>, better: Ordering, number: Decimal, field: &[u8]) {
    match kept {
        Some((best, text)) if number.compare(*best) == better => {
            *best = number;
            text.clear();
            text.extend_from_slice(field);
        }
        Some(_) => {}
        None => *kept = Some((number, field.to_vec())),
    }
}

fn label(measure: Measure, name: &[u8]) -> Vec<u8> {
    let word: &[u8] = match measure {
        Measure::Count => return b"count".to_vec(),
        Measure::Sum => b"sum_",
        Measure::Mean => b"mean_",
        Measure::Min => b"min_",
        Measure::Max => b"max_",
    };
    [word, name].concat()
}
