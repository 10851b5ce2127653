// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EpochBitmap} from "../libraries/EpochBitmap.sol";
import {Machine} from "./Machine.sol";

/// @title The machine's integer instructions
/// @notice docs/machine.md, "Instructions": WebAssembly's operations on integers of 32 and 64 bits, and the conversions that
/// touch no float. A result of 32 bits has a high half of 0.
library Integers {
    /// @notice An integer instruction on the bits of its operands.
    /// @param opcode 0x45–0x5A, 0x67–0x8A, 0xA7, 0xAC, 0xAD, 0xBC–0xBF or 0xC0–0xC4; what any other gives means nothing
    /// @param a first operand; above the bits of its type there may be anything
    /// @param b second operand likewise, if there is one
    /// @return result the 64 bits of the slot
    /// @return trap 0, or the status of a trap
    function compute(uint256 opcode, uint256 a, uint256 b) internal pure returns (uint256 result, uint256 trap) {
        // each difference is taken where the opcode is at least what is subtracted
        unchecked {
            if (opcode < 0x67) {
                if (opcode == 0x45) return (uint32(a) == 0 ? 1 : 0, 0);
                if (opcode == 0x50) return (a == 0 ? 1 : 0, 0);
                bool holds = opcode < 0x50 ? _compare(3, opcode - 0x46, a, b) : _compare(7, opcode - 0x51, a, b);
                return (holds ? 1 : 0, 0);
            }
            if (opcode < 0x6a) return (_count(32, opcode - 0x67, uint32(a)), 0);
            if (opcode < 0x79) return _calculate(32, opcode - 0x6a, uint32(a), uint32(b));
            if (opcode < 0x7c) return (_count(64, opcode - 0x79, a), 0);
            if (opcode < 0x8b) return _calculate(64, opcode - 0x7c, a, b);
        }
        return (_convert(opcode, a), 0);
    }

    /// @dev In WebAssembly's order: eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
    /// @param top the highest byte of an operand, counted from 0
    function _compare(uint256 top, uint256 index, uint256 a, uint256 b) private pure returns (bool) {
        // Both operands keep their order as unsigned numbers when their signs are extended; an operand's higher bits go.
        (int256 x, int256 y) = (_signed(top, a), _signed(top, b));
        if (index < 2) return (x == y) == (index == 0);
        // lt gt le ge are greater and its reverse, or not those
        if (index & 1 != 0) {
            if (index == 3) return uint256(x) < uint256(y);
            if (index == 5) return uint256(x) > uint256(y);
            return index == 7 ? uint256(x) <= uint256(y) : uint256(x) >= uint256(y);
        }
        if (index == 2) return x < y;
        if (index == 4) return x > y;
        return index == 6 ? x <= y : x >= y;
    }

    /// @dev In WebAssembly's order: clz ctz popcnt.
    /// @param a of no more than `width` bits
    function _count(uint256 width, uint256 index, uint256 a) private pure returns (uint256) {
        if (index == 2) return EpochBitmap.popcount(a);
        if (a == 0) return width;
        // the highest bit is below the width; a number and its two's complement have the lowest bit in common and no higher one
        unchecked {
            return index == 0 ? width - 1 - Math.log2(a) : Math.log2(a & (~a + 1));
        }
    }

    /// @dev In WebAssembly's order: add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr.
    /// @param a of no more than `width` bits
    /// @param b of no more than `width` bits
    function _calculate(
        uint256 width,
        uint256 index,
        uint256 a,
        uint256 b
    ) private pure returns (uint256 result, uint256 trap) {
        // modulo 2^width is what is wanted; products have 128 bits at most
        unchecked {
            if (index < 3)
                result =
                    index == 0
                        ? a + b
                        : index == 1
                            ? a - b
                            : a * b;
            else if (index < 7) {
                if (b == 0) return (0, Machine.DIVISION_BY_ZERO);
                if (index == 4) return (a / b, 0);
                if (index == 6) return (a % b, 0);
                uint256 top = (width >> 3) - 1;
                (int256 x, int256 y) = (_signed(top, a), _signed(top, b));
                if (index == 3 && y == -1 && a == 1 << (width - 1)) return (0, Machine.INTEGER_OVERFLOW);
                result = uint256(index == 3 ? x / y : x % y);
            } else if (index < 10)
                return (
                    index == 7
                        ? a & b
                        : index == 8
                            ? a | b
                            : a ^ b,
                    0
                );
            else {
                uint256 by = b & (width - 1);
                if (index == 10) result = a << by;
                else if (index == 11) result = uint256(_signed((width >> 3) - 1, a) >> by);
                else if (index == 12) result = a >> by;
                else if (index == 13) result = (a << by) | (a >> (width - by));
                else result = (a >> by) | (a << (width - by));
            }
            result &= (1 << width) - 1;
        }
    }

    /// @dev Wrapping, extending and reinterpreting.
    function _convert(uint256 opcode, uint256 a) private pure returns (uint256) {
        if (opcode == 0xbd || opcode == 0xbf) return a;
        if (opcode == 0xac || opcode == 0xc4) return uint64(uint256(_signed(3, a)));
        if (opcode == 0xc0) return uint32(uint256(_signed(0, a)));
        if (opcode == 0xc1) return uint32(uint256(_signed(1, a)));
        if (opcode == 0xc2) return uint64(uint256(_signed(0, a)));
        if (opcode == 0xc3) return uint64(uint256(_signed(1, a)));
        return uint32(a);
    }

    /// @dev The number whose lowest bytes, up to byte `top`, these are in two's complement.
    function _signed(uint256 top, uint256 a) private pure returns (int256 x) {
        assembly ("memory-safe") {
            x := signextend(top, a)
        }
    }
}
