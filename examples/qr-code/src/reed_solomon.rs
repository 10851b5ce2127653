//! Reed-Solomon error correction over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.

const REDUCTION: u16 = 0x11d;

/// The generator polynomial of the given degree, highest power first, without its leading 1.
pub fn divisor(degree: usize) -> Vec<u8> {
    let mut coefficients = vec![0; degree];
    coefficients[degree - 1] = 1;
    let mut root = 1;
    for _ in 0..degree {
        for index in 0..degree {
            coefficients[index] = multiply(coefficients[index], root);
            if index + 1 < degree {
                coefficients[index] ^= coefficients[index + 1];
            }
        }
        root = multiply(root, 2);
    }
    coefficients
}

/// The error correction codewords of a block.
pub fn remainder(data: &[u8], divisor: &[u8]) -> Vec<u8> {
    let mut remainder = vec![0; divisor.len()];
    for &byte in data {
        let factor = byte ^ remainder[0];
        remainder.rotate_left(1);
        if let Some(last) = remainder.last_mut() {
            *last = 0;
        }
        for (value, &coefficient) in remainder.iter_mut().zip(divisor) {
            *value ^= multiply(coefficient, factor);
        }
    }
    remainder
}

fn multiply(a: u8, b: u8) -> u8 {
    let mut product = 0u16;
    for bit in (0..8).rev() {
        product <<= 1;
        if product & 0x100 != 0 {
            product ^= REDUCTION;
        }
        if b >> bit & 1 == 1 {
            product ^= u16::from(a);
        }
    }
    product as u8
}
