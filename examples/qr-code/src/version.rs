//! Sizes of the 40 versions at error correction level M (ISO/IEC 18004, tables 1, 3 and 9).

const EC_CODEWORDS_PER_BLOCK: [usize; 40] = [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, //
    26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
];
const BLOCKS: [usize; 40] = [
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, //
    17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
];
const MODE_BITS: usize = 4;

/// The size of a code: 1 has 21 modules a side, each further one 4 more.
#[derive(Clone, Copy)]
pub struct Version(usize);

impl Version {
    pub const LARGEST: Version = Version(40);

    /// The smallest version that holds `length` bytes.
    pub fn smallest_for(length: usize) -> Option<Version> {
        (1..=Self::LARGEST.0).map(Version).find(|version| version.capacity_bytes() >= length)
    }

    pub fn number(self) -> usize {
        self.0
    }

    pub fn size(self) -> usize {
        self.0 * 4 + 17
    }

    pub fn blocks(self) -> usize {
        BLOCKS[self.0 - 1]
    }

    pub fn ec_codewords_per_block(self) -> usize {
        EC_CODEWORDS_PER_BLOCK[self.0 - 1]
    }

    /// All codewords, data and error correction.
    pub fn codewords(self) -> usize {
        let mut modules = (16 * self.0 + 128) * self.0 + 64;
        if self.0 >= 2 {
            let alignments = self.0 / 7 + 2;
            modules -= (25 * alignments - 10) * alignments - 55;
        }
        if self.0 >= 7 {
            modules -= 36;
        }
        modules / 8
    }

    pub fn data_codewords(self) -> usize {
        self.codewords() - self.blocks() * self.ec_codewords_per_block()
    }

    /// Bits of the character count in byte mode.
    pub fn count_bits(self) -> usize {
        if self.0 < 10 {
            8
        } else {
            16
        }
    }

    /// The most bytes the version holds in byte mode.
    pub fn capacity_bytes(self) -> usize {
        (self.data_codewords() * 8 - MODE_BITS - self.count_bits()) / 8
    }

    /// The rows and columns at whose crossings the alignment patterns stand.
    pub fn alignment_positions(self) -> Vec<usize> {
        if self.0 == 1 {
            return Vec::new();
        }
        let count = self.0 / 7 + 2;
        let step = if self.0 == 32 { 26 } else { (self.0 * 4 + count * 2 + 1) / (count * 2 - 2) * 2 };
        let last = self.size() - 7;
        let mut positions: Vec<usize> = (0..count - 1).map(|index| last - index * step).collect();
        positions.push(6);
        positions.reverse();
        positions
    }
}
