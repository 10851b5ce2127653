//! The square of dark and light modules.

use crate::penalty;
use crate::version::Version;

const FORMAT_GENERATOR: usize = 0x537;
const FORMAT_MASK: usize = 0x5412;
const VERSION_GENERATOR: usize = 0x1f25;
/// Error correction level M as it stands in the format information.
const LEVEL_M: usize = 0b00;

#[derive(Clone)]
pub struct Matrix {
    size: usize,
    dark: Vec<bool>,
    /// Modules of the patterns that every code has; data goes around them and masks leave them alone.
    reserved: Vec<bool>,
}

impl Matrix {
    /// Draws a code with the mask that is easiest to read.
    pub fn draw(version: Version, codewords: &[u8]) -> Matrix {
        let size = version.size();
        let mut plain = Matrix { size, dark: vec![false; size * size], reserved: vec![false; size * size] };
        plain.draw_patterns(version);
        plain.draw_codewords(codewords);
        let masked = (0..8).map(|mask| plain.masked(mask));
        masked.min_by_key(penalty::of).unwrap_or(plain)
    }

    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether the module is dark; outside everything is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && y < self.size && self.dark[y * self.size + x]
    }

    fn reserve(&mut self, x: usize, y: usize, dark: bool) {
        self.dark[y * self.size + x] = dark;
        self.reserved[y * self.size + x] = true;
    }

    fn draw_patterns(&mut self, version: Version) {
        let last = self.size - 1;
        for position in 0..self.size {
            self.reserve(6, position, position % 2 == 0);
            self.reserve(position, 6, position % 2 == 0);
        }
        for (x, y) in [(3, 3), (last - 3, 3), (3, last - 3)] {
            self.draw_finder(x, y);
        }
        let positions = version.alignment_positions();
        for &x in &positions {
            for &y in &positions {
                let is_at_finder = (x == 6 && (y == 6 || y == last - 6)) || (x == last - 6 && y == 6);
                if !is_at_finder {
                    self.draw_alignment(x, y);
                }
            }
        }
        self.draw_format(0);
        self.draw_version(version.number());
    }

    fn draw_finder(&mut self, center_x: usize, center_y: usize) {
        for y in (center_y + self.size - 4)..=(center_y + self.size + 4) {
            for x in (center_x + self.size - 4)..=(center_x + self.size + 4) {
                // Shifted by one size, so that the separator's outside has no negative coordinates.
                if x < self.size || y < self.size || x >= 2 * self.size || y >= 2 * self.size {
                    continue;
                }
                let (x, y) = (x - self.size, y - self.size);
                let distance = x.abs_diff(center_x).max(y.abs_diff(center_y));
                self.reserve(x, y, distance != 2 && distance != 4);
            }
        }
    }

    fn draw_alignment(&mut self, center_x: usize, center_y: usize) {
        for y in center_y - 2..=center_y + 2 {
            for x in center_x - 2..=center_x + 2 {
                self.reserve(x, y, x.abs_diff(center_x).max(y.abs_diff(center_y)) != 1);
            }
        }
    }

    fn draw_format(&mut self, mask: usize) {
        let data = LEVEL_M << 3 | mask;
        let bits = with_remainder(data, 10, FORMAT_GENERATOR) ^ FORMAT_MASK;
        let bit = |index: usize| bits >> index & 1 == 1;
        for index in 0..6 {
            self.reserve(8, index, bit(index));
        }
        self.reserve(8, 7, bit(6));
        self.reserve(8, 8, bit(7));
        self.reserve(7, 8, bit(8));
        for index in 9..15 {
            self.reserve(14 - index, 8, bit(index));
        }
        for index in 0..8 {
            self.reserve(self.size - 1 - index, 8, bit(index));
        }
        for index in 8..15 {
            self.reserve(8, self.size - 15 + index, bit(index));
        }
        self.reserve(8, self.size - 8, true);
    }

    fn draw_version(&mut self, number: usize) {
        if number < 7 {
            return;
        }
        let bits = with_remainder(number, 12, VERSION_GENERATOR);
        for index in 0..18 {
            let (a, b) = (self.size - 11 + index % 3, index / 3);
            self.reserve(a, b, bits >> index & 1 == 1);
            self.reserve(b, a, bits >> index & 1 == 1);
        }
    }

    /// Fills what is not reserved, in pairs of columns from right to left, up and down in turn.
    fn draw_codewords(&mut self, codewords: &[u8]) {
        let mut bits = codewords.iter().flat_map(|&byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
        let rights = (1..self.size).rev().step_by(2).map(|right| if right <= 6 { right - 1 } else { right });
        for (pair, right) in rights.enumerate() {
            for step in 0..self.size {
                let y = if pair % 2 == 0 { self.size - 1 - step } else { step };
                for x in [right, right - 1] {
                    let place = y * self.size + x;
                    if !self.reserved[place] {
                        self.dark[place] = bits.next().unwrap_or(false);
                    }
                }
            }
        }
    }

    fn masked(&self, mask: usize) -> Matrix {
        let mut masked = self.clone();
        masked.draw_format(mask);
        for y in 0..self.size {
            for x in 0..self.size {
                let place = y * self.size + x;
                masked.dark[place] ^= !self.reserved[place] && inverts(mask, x, y);
            }
        }
        masked
    }
}

fn inverts(mask: usize, x: usize, y: usize) -> bool {
    let remainder = match mask {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (x / 3 + y / 2) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    };
    remainder == 0
}

/// Appends the remainder of a division by a generator polynomial of the given degree (a BCH code).
fn with_remainder(data: usize, degree: usize, generator: usize) -> usize {
    let mut remainder = data;
    for _ in 0..degree {
        remainder = remainder << 1 ^ (remainder >> (degree - 1)) * generator;
    }
    data << degree | remainder
}
