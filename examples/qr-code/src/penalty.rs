//! How hard a code is to read (ISO/IEC 18004, section 7.8.3); the mask with the least penalty is taken.

use crate::matrix::Matrix;

const RUN: usize = 3;
const BLOCK: usize = 3;
const FINDER_LIKE: usize = 40;
const BALANCE: usize = 10;
/// What looks like a finder pattern: 1:1:3:1:1 with four light modules after or before it.
const FINDER: [bool; 11] = [true, false, true, true, true, false, true, false, false, false, false];

pub fn of(matrix: &Matrix) -> usize {
    let size = matrix.size();
    let rows = (0..size).map(|y| (0..size).map(|x| matrix.is_dark(x, y)).collect::<Vec<bool>>());
    let columns = (0..size).map(|x| (0..size).map(|y| matrix.is_dark(x, y)).collect::<Vec<bool>>());
    let lines: usize = rows.chain(columns).map(|line| runs(&line) + finders(&line)).sum();
    lines + blocks(matrix) + balance(matrix)
}

/// Five or more modules of one colour in a row.
fn runs(line: &[bool]) -> usize {
    let mut penalty = 0;
    let mut start = 0;
    for end in 1..=line.len() {
        if end < line.len() && line[end] == line[start] {
            continue;
        }
        let length = end - start;
        if length >= 5 {
            penalty += RUN + length - 5;
        }
        start = end;
    }
    penalty
}

fn finders(line: &[bool]) -> usize {
    let margin = [false; 4];
    let padded = [&margin, line, &margin].concat();
    let is_finder = |window: &&[bool]| window.iter().eq(&FINDER) || window.iter().rev().eq(&FINDER);
    padded.windows(FINDER.len()).filter(is_finder).count() * FINDER_LIKE
}

/// Squares of two by two modules of one colour.
fn blocks(matrix: &Matrix) -> usize {
    let last = matrix.size() - 1;
    let is_block = |x: usize, y: usize| {
        let dark = matrix.is_dark(x, y);
        [(x + 1, y), (x, y + 1), (x + 1, y + 1)].iter().all(|&(x, y)| matrix.is_dark(x, y) == dark)
    };
    (0..last).map(|y| (0..last).filter(|&x| is_block(x, y)).count()).sum::<usize>() * BLOCK
}

/// Each full 5 % that the share of dark modules is away from one half.
fn balance(matrix: &Matrix) -> usize {
    let size = matrix.size();
    let dark = (0..size * size).filter(|place| matrix.is_dark(place % size, place / size)).count();
    (dark * 20).abs_diff(size * size * 10) / (size * size) * BALANCE
}
