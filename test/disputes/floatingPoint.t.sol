// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FloatingPoint} from "../../contracts/disputes/FloatingPoint.sol";
import {Test} from "../lib/Test.sol";

/// @notice What must hold whatever the operands; test/integration/floatingPoint.test.ts compares the results with V8's.
contract FloatingPointTest is Test {
    uint256 private constant SIGN = 1 << 63;
    uint256 private constant INFINITY = 0x7ff0000000000000;
    uint256 private constant NAN = 0x7ff8000000000000;
    uint256 private constant ONE = 0x3ff0000000000000;

    function test_compute_roundsToEven() public pure {
        // 1 + 2^-53 is half way between 1 and the next; the next plus as much is half way too
        vm.assertEq(_of(0xa0, ONE, 0x3ca0000000000000), ONE);
        vm.assertEq(_of(0xa0, ONE + 1, 0x3ca0000000000000), ONE + 2);
        // 16,777,217 as f32
        vm.assertEq(_of(0xb3, 16_777_217, 0), 0x4b800000);
    }

    /// @notice Half way but for a remainder that is far below the last bit.
    function test_compute_roundsUp_justAboveHalfWay() public pure {
        vm.assertEq(_of(0xa3, 1, 0x001fffffffffffff), 0x3ca0000000000001);
        vm.assertEq(_of(0x9f, 0x4005b95344972fe2, 0), 0x3ffa5db1ce4c605b);
    }

    function test_compute_givesSubnormalsAndInfinities() public pure {
        vm.assertEq(_of(0xa2, 1, 0x3fe0000000000000), 0); // half of the least
        vm.assertEq(_of(0xa2, 3, 0x3fe0000000000000), 2);
        vm.assertEq(_of(0xa3, ONE, 0), INFINITY);
        vm.assertEq(_of(0xa2, INFINITY - 1, INFINITY - 1), INFINITY);
        vm.assertEq(_of(0xa3, 0, 0), NAN);
    }

    function test_compute_traps_whenThereIsNoSuchInteger() public pure {
        vm.assertEq(_trapOf(0xaa, NAN), FloatingPoint.NO_SUCH_INTEGER);
        vm.assertEq(_trapOf(0xaa, 0x41e0000000000000), FloatingPoint.NO_SUCH_INTEGER); // 2^31
        vm.assertEq(_trapOf(0xaa, 0x41dfffffffffffff), 0); // just below
        vm.assertEq(_of(0xd2, 0x41e0000000000000, 0), 0x7fffffff);
    }

    function testFuzz_compute_commutes(uint64 a, uint64 b) public pure {
        uint8[4] memory operations = [0xa0, 0xa2, 0xa4, 0xa5];
        for (uint256 i = 0; i < operations.length; ++i) {
            vm.assertEq(_of(operations[i], a, b), _of(operations[i], b, a));
        }
    }

    function testFuzz_compute_subtractsAsItAddsTheOpposite(uint64 a, uint64 b) public pure {
        vm.assertEq(_of(0xa1, a, b), _of(0xa0, a, b ^ SIGN));
    }

    /// @notice The root of a square is the number, as long as the square neither overflows nor loses bits below the least.
    function testFuzz_compute_takesRootsOfSquares(uint32 fraction, uint16 exponent) public pure {
        uint256 x = (_bound(exponent, 600, 1400) << 52) | (uint256(fraction) << 20);
        vm.assertEq(_of(0x9f, _of(0xa2, x, x), 0), x);
    }

    function testFuzz_compute_dividesByItself(uint64 x) public pure {
        uint256 magnitude = x & (SIGN - 1);
        bool none = magnitude == 0 || magnitude >= INFINITY;
        vm.assertEq(_of(0xa3, x, x), none ? NAN : ONE);
    }

    function testFuzz_compute_keepsIntegersOf53Bits(int64 x) public pure {
        x >>= 10;
        vm.assertEq(_of(0xb0, _of(0xb9, uint64(x), 0), 0), uint64(x));
    }

    function testFuzz_compute_demotesWhatItPromoted(uint32 x) public pure {
        uint256 promoted = _of(0xbb, x, 0);
        bool isNan = x & 0x7fffffff > 0x7f800000;
        vm.assertEq(promoted, isNan ? NAN : promoted);
        vm.assertEq(_of(0xb6, promoted, 0), isNan ? 0x7fc00000 : x);
    }

    function testFuzz_compute_ordersTotallyButForNans(uint64 a, uint64 b) public pure {
        bool ordered = a & (SIGN - 1) <= INFINITY && b & (SIGN - 1) <= INFINITY;
        vm.assertEq(_of(0x61, a, b) + _of(0x63, a, b) + _of(0x64, a, b), ordered ? 1 : 0);
        vm.assertEq(_of(0x62, a, b), 1 - _of(0x61, a, b));
        vm.assertEq(_of(0x65, a, b), _of(0x61, a, b) | _of(0x63, a, b));
        vm.assertEq(_of(0x66, a, b), _of(0x61, a, b) | _of(0x64, a, b));
    }

    /// @notice A result of 32 bits is computed as in 64 bits and rounded, whatever stands in the high halves.
    function testFuzz_compute_givesIn32BitsWhatIn64(uint64 a, uint64 b) public pure {
        for (uint256 opcode = 0x8d; opcode <= 0x97; ++opcode) {
            uint256 wide = _of(opcode + 0x0e, _of(0xbb, a, 0), _of(0xbb, b, 0));
            vm.assertEq(_of(opcode, a, b), _of(0xb6, wide, 0));
        }
    }

    function _of(uint256 opcode, uint256 a, uint256 b) private pure returns (uint256 result) {
        (result, ) = FloatingPoint.compute(opcode, a, b);
    }

    function _trapOf(uint256 opcode, uint256 a) private pure returns (uint256 trap) {
        (, trap) = FloatingPoint.compute(opcode, a, 0);
    }
}
