// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Bitmaps of epochs: bit i of word w is epoch `w * 256 + i`
library EpochBitmap {
    /// @notice The word that holds an epoch.
    function wordOf(uint256 epoch) internal pure returns (uint256) {
        return epoch >> 8;
    }

    /// @notice The bits of `word` that belong to the epochs `from` through `through`; none if `from > through`.
    function rangeMask(uint256 word, uint256 from, uint256 through) internal pure returns (uint256) {
        uint256 start = word << 8;
        uint256 end = start | 255;
        if (from > through || from > end || through < start) return 0;
        uint256 low = from > start ? from - start : 0;
        uint256 high = through < end ? through - start : 255;
        return (type(uint256).max << low) & (type(uint256).max >> (255 - high));
    }

    /// @notice How many bits are set.
    /// @dev Sums of neighbouring bits, then pairs, nibbles and bytes; the product adds all bytes up in the top one. 256
    /// does not fit into it, hence the first line.
    function popcount(uint256 x) internal pure returns (uint256) {
        if (x == type(uint256).max) return 256;
        // each step's sums fit into their fields, and the product's overflow only drops what is not read
        unchecked {
            x -= (x >> 1) & 0x5555555555555555555555555555555555555555555555555555555555555555;
            x =
                (x & 0x3333333333333333333333333333333333333333333333333333333333333333) +
                ((x >> 2) & 0x3333333333333333333333333333333333333333333333333333333333333333);
            x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
            return (x * 0x0101010101010101010101010101010101010101010101010101010101010101) >> 248;
        }
    }
}
