//! Decimal numbers as people write them in tables, added up without rounding.

use std::cmp::Ordering;

const MOST_DIGITS: usize = 18;

/// `units` times ten to the power of minus `scale`.
#[derive(Clone, Copy)]
pub struct Decimal {
    units: i128,
    scale: u32,
}

impl Decimal {
    pub const ZERO: Decimal = Decimal { units: 0, scale: 0 };

    /// Digits with at most one point and a sign, 18 digits at most; anything else is no number.
    pub fn parse(text: &[u8]) -> Option<Decimal> {
        let (is_negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let mut units: i64 = 0;
        let mut point = None;
        let mut count = 0;
        for (index, &byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' if count < MOST_DIGITS => {
                    units = units * 10 + i64::from(byte - b'0');
                    count += 1;
                }
                b'.' if point.is_none() => point = Some(index),
                _ => return None,
            }
        }
        if count == 0 {
            return None;
        }
        let scale = point.map_or(0, |index| digits.len() - index - 1) as u32;
        Some(Decimal { units: i128::from(if is_negative { -units } else { units }), scale })
    }

    /// None if the sum has more digits than fit.
    pub fn add(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(other.scale);
        let units = self.at(scale)?.checked_add(other.at(scale)?)?;
        Some(Decimal { units, scale })
    }

    /// The quotient to four digits more than the number has, rounded half away from zero.
    pub fn divide(self, count: u64) -> Option<Decimal> {
        let scale = self.scale + 4;
        let (units, count) = (self.at(scale)?, i128::from(count));
        let half = if units < 0 { -(count / 2) } else { count / 2 };
        Some(Decimal { units: units.checked_add(half)? / count, scale })
    }

    /// Of two numbers that were parsed, which always fit.
    pub fn compare(self, other: Decimal) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.at(scale).cmp(&other.at(scale))
    }

    fn at(self, scale: u32) -> Option<i128> {
        if scale == self.scale {
            return Some(self.units);
        }
        self.units.checked_mul(10_i128.checked_pow(scale - self.scale)?)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.units < 0 { "-" } else { "" };
        let point = if scale > 0 { "." } else { "" };
        write!(formatter, "{sign}{whole}{point}{fraction}")
    }
}
