//! Pictures of a code, with the light border that readers need.

use crate::matrix::Matrix;
use std::fmt::Write;

const BORDER: usize = 4;

/// A picture without a size of its own; one unit is one module.
pub fn svg(matrix: &Matrix) -> String {
    let size = matrix.size() + 2 * BORDER;
    let mut path = String::new();
    for y in 0..matrix.size() {
        let mut x = 0;
        while x < matrix.size() {
            let start = x;
            while matrix.is_dark(x, y) {
                x += 1;
            }
            if x > start {
                let _ = write!(path, "M{} {}h{}v1H{}z", start + BORDER, y + BORDER, x - start, start + BORDER);
            }
            x += 1;
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>\n"
    )
}

/// Half blocks, two rows of modules in a line, for light text on a dark terminal.
pub fn text(matrix: &Matrix) -> String {
    let size = matrix.size() + 2 * BORDER;
    // Coordinates left of and above the code wrap around and are far outside: light as they should be.
    let is_dark = |x: usize, y: usize| matrix.is_dark(x.wrapping_sub(BORDER), y.wrapping_sub(BORDER));
    let mut lines = String::new();
    for y in (0..size).step_by(2) {
        for x in 0..size {
            lines.push(match (is_dark(x, y), is_dark(x, y + 1)) {
                (false, false) => '█',
                (false, true) => '▀',
                (true, false) => '▄',
                (true, true) => ' ',
            });
        }
        lines.push('\n');
    }
    lines
}
