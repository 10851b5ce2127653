// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";

/// @title The machine's floating-point instructions
/// @notice docs/machine.md, "Instructions": WebAssembly's operations on IEEE 754 numbers of 32 and 64 bits, rounded to nearest,
/// ties to even. Every NaN that is computed is the canonical one; abs, neg and copysign keep its bits.
/// @dev A finite number is a sign and m * 2^e with integers m and e. Operations are done on these exactly, or with a lowest bit
/// of m that stands for whatever is left over, and `_round` makes a number of the result. A format is known by its `width`,
/// 32 or 64. Everything is unchecked: m stays below 2^205 and e within some thousands of 0.
library FloatingPoint {
    /// @notice The status of a float that no integer stands for (docs/machine.md, "State").
    uint256 internal constant NO_SUCH_INTEGER = 6;

    /// @dev One nibble for each of eq ne lt gt le ge, the first one lowest: which relations satisfy it.
    uint256 private constant COMPARISONS = 0x6341d2;
    uint256 private constant LESS = 1;
    uint256 private constant EQUAL = 2;
    uint256 private constant GREATER = 4;
    uint256 private constant UNORDERED = 8;

    /// @notice A floating-point instruction on the bits of its operands.
    /// @param opcode 0x5B–0x66, 0x8B–0xA6, 0xA8–0xAB, 0xAE–0xBB or 0xD0–0xD7; what any other gives means nothing
    /// @param a first operand; above the bits of its type there may be anything
    /// @param b second operand likewise, if there is one
    /// @return result the 64 bits of the slot, 0 after a trap
    /// @return trap 0, or NO_SUCH_INTEGER
    function compute(uint256 opcode, uint256 a, uint256 b) internal pure returns (uint256 result, uint256 trap) {
        // each difference is taken where the opcode is at least what is subtracted
        unchecked {
            if (opcode < 0x61) return (_compare(32, opcode - 0x5b, a, b), 0);
            if (opcode < 0x67) return (_compare(64, opcode - 0x61, a, b), 0);
            if (opcode < 0x99) return (_calculate(32, opcode - 0x8b, a, b), 0);
            if (opcode < 0xa7) return (_calculate(64, opcode - 0x99, a, b), 0);
            if (opcode < 0xac) return _toInteger(32, opcode - 0xa8, a, false);
            if (opcode < 0xb2) return _toInteger(64, opcode - 0xae, a, false);
            if (opcode < 0xb6) return (_fromInteger(32, opcode - 0xb2, a), 0);
            if (opcode == 0xb6) return (_convert(64, 32, a), 0);
            if (opcode < 0xbb) return (_fromInteger(64, opcode - 0xb7, a), 0);
            if (opcode == 0xbb) return (_convert(32, 64, a), 0);
            if (opcode < 0xd4) return _toInteger(32, opcode - 0xd0, a, true);
            return _toInteger(64, opcode - 0xd4, a, true);
        }
    }

    // ---- comparing ----

    /// @dev In WebAssembly's order: eq ne lt gt le ge.
    function _compare(uint256 width, uint256 index, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            uint256 relation = UNORDERED;
            if (!_isNan(width, a) && !_isNan(width, b)) {
                int256 x = _rank(width, a);
                int256 y = _rank(width, b);
                relation =
                    x < y
                        ? LESS
                        : x == y
                            ? EQUAL
                            : GREATER;
            }
            return (COMPARISONS >> (4 * index)) & relation == 0 ? 0 : 1;
        }
    }

    /// @dev Neither is a NaN. Of two zeros the negative one is the smaller.
    function _least(uint256 width, uint256 a, uint256 b) private pure returns (uint256) {
        int256 x = _rank(width, a);
        int256 y = _rank(width, b);
        return
            x == y
                ? a | b
                : x < y
                    ? a
                    : b;
    }

    /// @dev Neither is a NaN. Of two zeros the positive one is the larger.
    function _largest(uint256 width, uint256 a, uint256 b) private pure returns (uint256) {
        int256 x = _rank(width, a);
        int256 y = _rank(width, b);
        return
            x == y
                ? a & b
                : x > y
                    ? a
                    : b;
    }

    /// @dev An integer that is ordered as the numbers are; 0 for both zeros.
    function _rank(uint256 width, uint256 x) private pure returns (int256) {
        // a magnitude has at most 63 bits
        unchecked {
            int256 magnitude = int256(_magnitude(width, x));
            return x & _signBit(width) == 0 ? magnitude : -magnitude;
        }
    }

    // ---- calculating ----

    /// @dev In WebAssembly's order: abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign.
    function _calculate(uint256 width, uint256 index, uint256 a, uint256 b) private pure returns (uint256) {
        uint256 signBit = _signBit(width);
        a = _cut(width, a);
        b = _cut(width, b);
        if (index == 0) return _magnitude(width, a);
        if (index == 1) return a ^ signBit;
        if (index == 13) return _magnitude(width, a) | (b & signBit);
        if (_isNan(width, a)) return _nan(width);
        if (index < 6) return _toIntegral(width, index, a);
        if (index == 6) return _squareRoot(width, a);
        if (_isNan(width, b)) return _nan(width);
        if (index == 7) return _add(width, a, b);
        if (index == 8) return _add(width, a, b ^ signBit);
        if (index == 9) return _multiply(width, a, b);
        if (index == 10) return _divide(width, a, b);
        return index == 11 ? _least(width, a, b) : _largest(width, a, b);
    }

    /// @dev ceil, floor, trunc, nearest (2 to 5). A zero keeps the number's sign.
    function _toIntegral(uint256 width, uint256 index, uint256 x) private pure returns (uint256) {
        unchecked {
            (uint256 m, int256 e) = _decode(width, x);
            if (e >= 0 || m == 0) return x; // an integer, or infinite
            // m is below 2^53: with more than 64 bits to cut it is next to 0 just the same
            uint256 count = Math.min(uint256(-e), 64);
            uint256 sign = x & _signBit(width);
            if (index == 5) m = _shiftToNearest(m, count);
            else if (index == (sign == 0 ? 2 : 3)) m = (m + (1 << count) - 1) >> count;
            else m >>= count;
            return _round(width, sign, m, 0);
        }
    }

    function _squareRoot(uint256 width, uint256 x) private pure returns (uint256) {
        unchecked {
            if (_magnitude(width, x) == 0 || x == _infinity(width)) return x;
            if (x & _signBit(width) != 0) return _nan(width);
            (uint256 m, int256 e) = _decode(width, x);
            // an even exponent, and a root of at least 75 bits
            uint256 count = 150 + (uint256(e) & 1);
            m <<= count;
            uint256 root = Math.sqrt(m);
            if (root * root != m) root |= 1;
            return _round(width, 0, root, (e - int256(count)) / 2);
        }
    }

    function _add(uint256 width, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            uint256 signBit = _signBit(width);
            if (_magnitude(width, a) < _magnitude(width, b)) (a, b) = (b, a);
            if (_magnitude(width, a) == _infinity(width)) return a ^ b == signBit ? _nan(width) : a;
            (uint256 m, int256 e) = _decode(width, a);
            (uint256 n, int256 f) = _decode(width, b);
            // Further away than 64 bits n only decides that the result is not m: below half of m's last bit it is anyway.
            uint256 distance = Math.min(uint256(e - f), 64);
            m <<= distance;
            m = (a ^ b) & signBit == 0 ? m + n : m - n;
            // nothing is left: 0, and negative only if both were
            if (m == 0) return a & b & signBit;
            return _round(width, a & signBit, m, e - int256(distance));
        }
    }

    function _multiply(uint256 width, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            uint256 sign = (a ^ b) & _signBit(width);
            uint256 infinity = _infinity(width);
            (uint256 m, int256 e) = _decode(width, a);
            (uint256 n, int256 f) = _decode(width, b);
            if (_magnitude(width, a) == infinity || _magnitude(width, b) == infinity) {
                return m == 0 || n == 0 ? _nan(width) : sign | infinity;
            }
            return _round(width, sign, m * n, e + f);
        }
    }

    function _divide(uint256 width, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            uint256 sign = (a ^ b) & _signBit(width);
            uint256 infinity = _infinity(width);
            if (_magnitude(width, a) == infinity) {
                return _magnitude(width, b) == infinity ? _nan(width) : sign | infinity;
            }
            if (_magnitude(width, b) == infinity) return sign;
            (uint256 m, int256 e) = _decode(width, a);
            (uint256 n, int256 f) = _decode(width, b);
            if (n == 0) return m == 0 ? _nan(width) : sign | infinity;
            m <<= 128; // a quotient of at least 75 bits
            uint256 quotient = m / n;
            if (quotient * n != m) quotient |= 1;
            return _round(width, sign, quotient, e - f - 128);
        }
    }

    // ---- converting ----

    /// @dev Promotes or demotes.
    function _convert(uint256 from, uint256 to, uint256 x) private pure returns (uint256) {
        if (_isNan(from, x)) return _nan(to);
        uint256 sign = x & _signBit(from) == 0 ? 0 : _signBit(to);
        if (_magnitude(from, x) == _infinity(from)) return sign | _infinity(to);
        (uint256 m, int256 e) = _decode(from, x);
        return _round(to, sign, m, e);
    }

    /// @dev From i32 signed, unsigned, i64 signed, unsigned.
    function _fromInteger(uint256 to, uint256 index, uint256 x) private pure returns (uint256) {
        unchecked {
            uint256 width = index < 2 ? 32 : 64;
            x = _cut(width, x);
            if (index & 1 == 0 && x & _signBit(width) != 0) {
                return _round(to, _signBit(to), (1 << width) - x, 0);
            }
            return _round(to, 0, x, 0);
        }
    }

    /// @dev From f32 to signed, unsigned, f64 to signed, unsigned, of `width` bits.
    function _toInteger(
        uint256 width,
        uint256 index,
        uint256 x,
        bool saturating
    ) private pure returns (uint256, uint256) {
        unchecked {
            uint256 from = index < 2 ? 32 : 64;
            if (_isNan(from, x)) return (0, saturating ? 0 : NO_SUCH_INTEGER);
            bool isNegative = x & _signBit(from) != 0;
            (uint256 m, int256 e) = _decode(from, x);
            // 64 bits further up there is no room in any integer; infinities are there too
            m = e < 0 ? m >> uint256(-e) : m << Math.min(uint256(e), 64);
            uint256 largest = isNegative ? 0 : (1 << width) - 1;
            if (index & 1 == 0) largest = _signBit(width) - (isNegative ? 0 : 1);
            if (m > largest) {
                if (!saturating) return (0, NO_SUCH_INTEGER);
                m = largest;
            }
            return (isNegative ? _cut(width, 0 - m) : m, 0);
        }
    }

    // ---- numbers and their bits ----

    /// @dev The magnitude of a finite number, as m * 2^e.
    function _decode(uint256 width, uint256 x) private pure returns (uint256 m, int256 e) {
        unchecked {
            uint256 fractionBits = _fractionBits(width);
            uint256 exponent = _magnitude(width, x) >> fractionBits;
            m = x & ((1 << fractionBits) - 1);
            // below the normal numbers the exponent is that of the least of them, without the hidden bit
            if (exponent != 0) {
                m |= 1 << fractionBits;
                exponent -= 1;
            }
            e = _leastExponent(width) + int256(exponent);
        }
    }

    /// @dev The number nearest to m * 2^e, of two the one with an even last bit.
    /// @param sign what is set for a negative number
    function _round(uint256 width, uint256 sign, uint256 m, int256 e) private pure returns (uint256) {
        unchecked {
            if (m == 0) return sign;
            uint256 fractionBits = _fractionBits(width);
            int256 least = _leastExponent(width);
            int256 excess = SignedMath.max(int256(Math.log2(m)) - int256(fractionBits), least - e);
            m = excess > 0 ? _shiftToNearest(m, uint256(excess)) : m << uint256(-excess);
            // The hidden bit, where there is one, and a carry out of the fraction add 1 to the exponent.
            uint256 bits = (uint256(e + excess - least) << fractionBits) + m;
            return sign | Math.min(bits, _infinity(width));
        }
    }

    /// @dev m / 2^count to the nearest integer, of two the even one. m is below 2^255, and count at least 1.
    function _shiftToNearest(uint256 m, uint256 count) private pure returns (uint256) {
        unchecked {
            return (m + (1 << (count - 1)) - 1 + ((m >> count) & 1)) >> count;
        }
    }

    function _isNan(uint256 width, uint256 x) private pure returns (bool) {
        return _magnitude(width, x) > _infinity(width);
    }

    function _magnitude(uint256 width, uint256 x) private pure returns (uint256) {
        unchecked {
            return x & (_signBit(width) - 1);
        }
    }

    function _cut(uint256 width, uint256 x) private pure returns (uint256) {
        unchecked {
            return x & ((1 << width) - 1);
        }
    }

    function _signBit(uint256 width) private pure returns (uint256) {
        unchecked {
            return 1 << (width - 1);
        }
    }

    function _infinity(uint256 width) private pure returns (uint256) {
        unchecked {
            return _signBit(width) - (1 << _fractionBits(width));
        }
    }

    /// @dev The canonical NaN.
    function _nan(uint256 width) private pure returns (uint256) {
        unchecked {
            return _signBit(width) - (1 << (_fractionBits(width) - 1));
        }
    }

    function _fractionBits(uint256 width) private pure returns (uint256) {
        return width == 64 ? 52 : 23;
    }

    /// @dev That of the last bit of the smallest numbers.
    function _leastExponent(uint256 width) private pure returns (int256) {
        return width == 64 ? -1074 : int256(-149);
    }
}
