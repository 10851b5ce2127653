// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EpochBitmap} from "../../contracts/libraries/EpochBitmap.sol";
import {Test} from "../lib/Test.sol";

contract EpochBitmapTest is Test {
    function test_popcount_countsTheExtremes() public pure {
        vm.assertEq(EpochBitmap.popcount(0), 0);
        vm.assertEq(EpochBitmap.popcount(1), 1);
        vm.assertEq(EpochBitmap.popcount(1 << 255), 1);
        vm.assertEq(EpochBitmap.popcount(type(uint256).max - 1), 255);
        vm.assertEq(EpochBitmap.popcount(type(uint256).max), 256);
    }

    function testFuzz_popcount_countsBits(uint256 x, uint256 mask) public pure {
        x &= mask; // sparse words too
        uint256 count = 0;
        for (uint256 i = 0; i < 256; ++i) count += (x >> i) & 1;
        vm.assertEq(EpochBitmap.popcount(x), count);
    }

    function test_rangeMask_isEmpty_whenTheRangeIs() public pure {
        vm.assertEq(EpochBitmap.rangeMask(0, 6, 5), 0);
        vm.assertEq(EpochBitmap.rangeMask(0, 256, 511), 0);
        vm.assertEq(EpochBitmap.rangeMask(2, 256, 511), 0);
        vm.assertEq(EpochBitmap.rangeMask(1, 256, 511), type(uint256).max);
        vm.assertEq(EpochBitmap.rangeMask(0, 0, 0), 1);
        vm.assertEq(EpochBitmap.rangeMask(0, 255, 256), 1 << 255);
        vm.assertEq(EpochBitmap.rangeMask(1, 255, 256), 1);
    }

    function testFuzz_rangeMask_holdsExactlyTheRange(uint16 from, uint16 length, uint8 bit) public pure {
        uint256 through = uint256(from) + (length % 1000);
        uint256 word = EpochBitmap.wordOf(from) + (length % 6);
        uint256 epoch = word * 256 + bit;
        bool inside = from <= epoch && epoch <= through;
        vm.assertEq((EpochBitmap.rangeMask(word, from, through) >> bit) & 1, inside ? 1 : 0);
    }

    /// @notice Every epoch of a range is in exactly one word.
    function testFuzz_rangeMask_addsUp(uint16 from, uint16 length) public pure {
        uint256 through = uint256(from) + (length % 2000);
        uint256 count = 0;
        for (uint256 word = EpochBitmap.wordOf(from); word <= EpochBitmap.wordOf(through); ++word) {
            count += EpochBitmap.popcount(EpochBitmap.rangeMask(word, from, through));
        }
        vm.assertEq(count, through - from + 1);
    }
}
