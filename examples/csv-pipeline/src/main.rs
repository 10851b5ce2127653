//! Filters and sums up CSV: reads the request's body row by row, keeps what the query asks for, answers CSV.

mod aggregate;
mod csv;
mod decimal;
mod filter;
mod query;

use aggregate::Groups;
use csv::{Reader, Record, Writer};
use filter::Filter;
use query::Query;
use std::io;

fn main() {
    if let Err(message) = answer() {
        eprintln!("{message}");
        std::process::exit(1);
    }
}

fn answer() -> Result<(), String> {
    let query = Query::parse(&std::env::var("QUERY_STRING").unwrap_or_default())?;
    let mut reader = Reader::new(io::stdin().lock());
    let mut header = Record::default();
    if !reader.read(&mut header)? {
        return Err("The body is empty: send CSV whose first row names the columns.".to_string());
    }
    let mut writer = Writer::new(io::stdout().lock());
    if query.is_grouped() {
        let mut groups = Groups::new(&query, &header)?;
        for_each_row(&query, &header, &mut reader, |row, line| groups.add(row, line))?;
        groups.write(&mut writer)?;
    } else {
        let columns = match &query.select {
            None => (0..header.len()).collect(),
            Some(names) => find_columns(&header, names)?,
        };
        writer.write(columns.iter().map(|&column| header.get(column)))?;
        for_each_row(&query, &header, &mut reader, |row, _| {
            writer.write(columns.iter().map(|&column| row.get(column)))
        })?;
    }
    writer.flush()
}

/// Calls `take` with every row that all filters let through, and with its line.
fn for_each_row(
    query: &Query,
    header: &Record,
    reader: &mut Reader<impl io::Read>,
    mut take: impl FnMut(&Record, usize) -> Result<(), String>,
) -> Result<(), String> {
    let filters: Vec<Filter> =
        query.filters.iter().map(|text| Filter::parse(text, header)).collect::<Result<_, _>>()?;
    let mut row = Record::default();
    while reader.read(&mut row)? {
        if row.len() != header.len() {
            // A blank line is no row, except in a table of one column.
            if row.len() == 1 && row.get(0).is_empty() {
                continue;
            }
            return Err(format!(
                "Line {} has {} fields; the first row names {} columns.",
                reader.line(),
                row.len(),
                header.len()
            ));
        }
        if filters.iter().all(|filter| filter.matches(&row)) {
            take(&row, reader.line())?;
        }
    }
    Ok(())
}

/// The positions of columns by their names.
pub fn find_columns(header: &Record, names: &[Vec<u8>]) -> Result<Vec<usize>, String> {
    names.iter().map(|name| find_column(header, name)).collect()
}

fn find_column(header: &Record, name: &[u8]) -> Result<usize, String> {
    (0..header.len()).find(|&column| header.get(column) == name).ok_or_else(|| {
        let known: Vec<_> =
            (0..header.len()).map(|column| String::from_utf8_lossy(header.get(column))).collect();
        let name = String::from_utf8_lossy(name);
        format!("There is no column {name}. The columns are: {}.", known.join(", "))
    })
}
