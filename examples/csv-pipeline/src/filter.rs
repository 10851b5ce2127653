//! One condition on a row, such as `amount>=100`.

use crate::csv::Record;
use crate::decimal::Decimal;
use std::cmp::Ordering;

/// Longer ones first, so that `>=` is not read as `>`.
const OPERATORS: [&str; 7] = ["!=", "<=", ">=", "=", "<", ">", "~"];

pub struct Filter {
    column: usize,
    operator: &'static str,
    value: Vec<u8>,
    number: Option<Decimal>,
}

impl Filter {
    pub fn parse(text: &[u8], header: &Record) -> Result<Filter, String> {
        let (at, operator) = (0..text.len())
            .find_map(|at| {
                OPERATORS.iter().find(|each| text[at..].starts_with(each.as_bytes())).map(|each| (at, *each))
            })
            .ok_or_else(|| {
                format!(
                    "where={} has no operator: write a column, one of {} and a value.",
                    String::from_utf8_lossy(text),
                    OPERATORS.join(" ")
                )
            })?;
        let value = text[at + operator.len()..].to_vec();
        Ok(Filter {
            column: crate::find_column(header, &text[..at])?,
            operator,
            number: Decimal::parse(&value),
            value,
        })
    }

    pub fn matches(&self, row: &Record) -> bool {
        let field = row.get(self.column);
        if self.operator == "~" {
            return self.value.is_empty()
                || field.windows(self.value.len()).any(|window| window == self.value);
        }
        match self.compare(field) {
            // Against a number: a field that is none differs from it, and is neither less nor more.
            None => self.operator == "!=",
            Some(order) => match self.operator {
                "=" => order.is_eq(),
                "!=" => order.is_ne(),
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            },
        }
    }

    /// As numbers where the filter's value is one, else byte by byte.
    fn compare(&self, field: &[u8]) -> Option<Ordering> {
        match self.number {
            Some(number) => Decimal::parse(field).map(|each| each.compare(number)),
            None => Some(field.cmp(&self.value)),
        }
    }
}
