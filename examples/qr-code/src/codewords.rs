//! From bytes to the sequence of codewords that is drawn.

use crate::reed_solomon;
use crate::version::Version;

const BYTE_MODE: usize = 0b0100;
const TERMINATOR_BITS: usize = 4;
const PADDING: [u8; 2] = [0xec, 0x11];

/// The data codewords of `data` in byte mode, with terminator and padding. `data` must fit the version.
pub fn from_bytes(version: Version, data: &[u8]) -> Vec<u8> {
    let mut bits = Bits(Vec::new());
    bits.push(BYTE_MODE, 4);
    bits.push(data.len(), version.count_bits());
    for &byte in data {
        bits.push(byte as usize, 8);
    }
    let capacity = version.data_codewords() * 8;
    bits.push(0, TERMINATOR_BITS.min(capacity - bits.0.len()));
    bits.push(0, (8 - bits.0.len() % 8) % 8);
    let mut codewords = bits.into_bytes();
    let missing = version.data_codewords() - codewords.len();
    codewords.extend(PADDING.iter().cycle().take(missing));
    codewords
}

/// Splits data codewords into blocks, adds their error correction and interleaves them.
pub fn interleave(version: Version, data: &[u8]) -> Vec<u8> {
    let blocks = version.blocks();
    let short_blocks = blocks - data.len() % blocks;
    let short_length = data.len() / blocks;
    let divisor = reed_solomon::divisor(version.ec_codewords_per_block());
    let mut rest = data;
    let split: Vec<&[u8]> = (0..blocks)
        .map(|index| {
            let (block, after) = rest.split_at(short_length + usize::from(index >= short_blocks));
            rest = after;
            block
        })
        .collect();
    let corrections: Vec<Vec<u8>> =
        split.iter().map(|block| reed_solomon::remainder(block, &divisor)).collect();

    let mut interleaved = Vec::with_capacity(version.codewords());
    for position in 0..=short_length {
        interleaved.extend(split.iter().filter_map(|block| block.get(position)));
    }
    for position in 0..version.ec_codewords_per_block() {
        interleaved.extend(corrections.iter().map(|correction| correction[position]));
    }
    interleaved
}

struct Bits(Vec<bool>);

impl Bits {
    fn push(&mut self, value: usize, length: usize) {
        self.0.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn into_bytes(self) -> Vec<u8> {
        self.0
            .chunks(8)
            .map(|chunk| chunk.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit)))
            .collect()
    }
}
