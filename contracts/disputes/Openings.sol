// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOneStep} from "./IOneStep.sol";

/// @title Leaves of a Merkle tree with the nodes beside their paths
/// @notice docs/machine.md, "Witness": reading them, the roots that follow from them, before and after a step.
library Openings {
    /// @dev Roots of zeros: word h is that of a tree of 2^h leaves, h from 0 to 27, the depth of the largest memory.
    /// A test computes them.
    bytes private constant ZERO_ROOTS =
        hex"0000000000000000000000000000000000000000000000000000000000000000"
        hex"ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5"
        hex"b4c11951957c6f8f642c4af61cd6b24640fec6dc7fc607ee8206a99e92410d30"
        hex"21ddb9a356815c3fac1026b6dec5df3124afbadb485c9ba5a3e3398a04b7ba85"
        hex"e58769b32a1beaf1ea27375a44095a0d1fb664ce2dd358e7fcbfb78c26a19344"
        hex"0eb01ebfc9ed27500cd4dfc979272d1f0913cc9f66540d7e8005811109e1cf2d"
        hex"887c22bd8750d34016ac3c66b5ff102dacdd73f6b014e710b51e8022af9a1968"
        hex"ffd70157e48063fc33c97a050f7f640233bf646cc98d9524c6b92bcf3ab56f83"
        hex"9867cc5f7f196b93bae1e27e6320742445d290f2263827498b54fec539f756af"
        hex"cefad4e508c098b9a7e1d8feb19955fb02ba9675585078710969d3440f5054e0"
        hex"f9dc3e7fe016e050eff260334f18a5d4fe391d82092319f5964f2e2eb7c1c3a5"
        hex"f8b13a49e282f609c317a833fb8d976d11517c571d1221a265d25af778ecf892"
        hex"3490c6ceeb450aecdc82e28293031d10c7d73bf85e57bf041a97360aa2c5d99c"
        hex"c1df82d9c4b87413eae2ef048f94b4d3554cea73d92b0f7af96e0271c691e2bb"
        hex"5c67add7c6caf302256adedf7ab114da0acfe870d449a3a489f781d659e8becc"
        hex"da7bce9f4e8618b6bd2f4132ce798cdc7a60e7e1460a7299e3c6342a579626d2"
        hex"2733e50f526ec2fa19a22b31e8ed50f23cd1fdf94c9154ed3a7609a2f1ff981f"
        hex"e1d3b5c807b281e4683cc6d6315cf95b9ade8641defcb32372f1c126e398ef7a"
        hex"5a2dce0a8a7f68bb74560f8f71837c2c2ebbcbf7fffb42ae1896f13f7c7479a0"
        hex"b46a28b6f55540f89444f63de0378e3d121be09e06cc9ded1c20e65876d36aa0"
        hex"c65e9645644786b620e2dd2ad648ddfcbf4a7e5b1a3a4ecfe7f64667a3f0b7e2"
        hex"f4418588ed35a2458cffeb39b93d26f18d2ab13bdce6aee58e7b99359ec2dfd9"
        hex"5a9c16dc00d6ef18b7933a6f8dc65ccb55667138776f7dea101070dc8796e377"
        hex"4df84f40ae0c8229d0d6069e5c8f39a7c299677a09d367fc7b05e3bc380ee652"
        hex"cdc72595f74c7b1043d0e1ffbab734648c838dfb0527d971b602bc216c9619ef"
        hex"0abf5ac974a1ed57f4050aa510dd9c74f508277b39d7973bb2dfccc5eeb0618d"
        hex"b8cd74046ff337f0a7bf2c8e03e10f642c1886798d71806ab1e888d9e5ee87d0"
        hex"838c5655cb21c6cb83313b5a631175dff4963772cce9108188b34ac87c81c41e";

    /// @notice Some leaves of one tree.
    /// @param count how many; 0 if none is open
    /// @param depth of the tree: 2^depth leaves
    /// @param indices ascending
    /// @param leaves as numbers whose lowest byte comes first: the byte i of a leaf is `uint8(leaf >> (8 * i))`
    /// @param position where the leaves stand in calldata; mask and siblings follow them
    /// @param zeroRoots where `zeroRoots()` stands
    /// @param changed whether a leaf was written to
    struct Opening {
        uint256 count;
        uint256 depth;
        uint256[4] indices;
        uint256[4] leaves;
        uint256 position;
        uint256 zeroRoots;
        bool changed;
    }

    /// @notice Puts the roots of zeros into memory, once for all openings.
    /// @return position where they stand
    function zeroRoots() internal pure returns (uint256 position) {
        bytes memory roots = ZERO_ROOTS;
        assembly ("memory-safe") {
            position := add(roots, 32)
        }
    }

    /// @notice The opening of one leaf whose index needs no saying.
    /// @param position where its proof stands in calldata
    function single(
        uint256 depth,
        uint256 index,
        uint256 position,
        uint256 zeroRoots_
    ) internal pure returns (Opening memory opening) {
        opening.count = 1;
        opening.depth = depth;
        opening.position = position;
        opening.zeroRoots = zeroRoots_;
        opening.indices[0] = index;
        opening.leaves[0] = reversed(_load(position));
    }

    /// @notice Reads an opening: how many leaves, their indices, the leaves.
    /// @param most leaves that there may be
    /// @param position where it stands in calldata
    /// @return opening whose proof starts at `opening.position`; if it opens no leaf, that is where the witness goes on
    function read(
        uint256 depth,
        uint256 most,
        uint256 position,
        uint256 zeroRoots_
    ) internal pure returns (Opening memory opening) {
        uint256 count = _load(position) >> 248;
        // positions in calldata and sums of a u32 and three u16 are far from overflowing
        unchecked {
            opening.position = position + 1;
            if (count == 0) return opening;
            require(count <= most, IOneStep.WitnessTooManyLeaves(count, most));
            opening.count = count;
            opening.depth = depth;
            opening.zeroRoots = zeroRoots_;
            uint256 index = _load(position + 1) >> 224;
            opening.indices[0] = index;
            position += 5;
            for (uint256 i = 1; i < count; ++i) {
                uint256 distance = _load(position) >> 240;
                require(distance != 0, IOneStep.WitnessLeafTwice(index));
                index += distance;
                opening.indices[i] = index;
                position += 2;
            }
            require(index >> depth == 0, IOneStep.WitnessLeafOutOfRange(index, depth));
            opening.position = position;
            for (uint256 i = 0; i < count; ++i) opening.leaves[i] = reversed(_load(position + 32 * i));
        }
    }

    /// @notice Where an open leaf stands in memory.
    function placeOf(Opening memory opening, uint256 index) internal pure returns (uint256 place) {
        // at most four indices are looked at; leaf i belongs to index i
        assembly ("memory-safe") {
            let here := mload(add(opening, 0x40))
            let indices := here
            for {
                let end := add(here, shl(5, mload(opening)))
            } lt(here, end) {
                here := add(here, 32)
            } {
                if eq(mload(here), index) {
                    place := add(mload(add(opening, 0x60)), sub(here, indices))
                    break
                }
            }
        }
        require(place != 0, IOneStep.WitnessLeafMissing(index));
    }

    /// @notice The leaf at a place that `placeOf` gave.
    function leafAt(uint256 place) internal pure returns (uint256 leaf) {
        assembly ("memory-safe") {
            leaf := mload(place)
        }
    }

    /// @notice Changes the leaf at a place that `placeOf` gave.
    function setLeaf(Opening memory opening, uint256 place, uint256 leaf) internal pure {
        opening.changed = true;
        assembly ("memory-safe") {
            mstore(place, leaf)
        }
    }

    /// @notice The root that follows from the opened leaves, as they are now, and the siblings in calldata.
    /// @return root of the tree
    /// @return end of the siblings in calldata
    function rootOf(Opening memory opening) internal pure returns (bytes32 root, uint256 end) {
        uint256 rest;
        (uint256 count, uint256 position) = (opening.count, opening.position);
        uint256 nodes = _firstNodes(opening, position);
        assembly ("memory-safe") {
            rest := add(position, shl(5, count))
            end := add(rest, 8)
            rest := shr(192, calldataload(rest))
        }
        uint256 zero = opening.zeroRoots;
        uint256 top;
        unchecked {
            top = zero + 32 * opening.depth;
        }
        if (count > 1) (zero, rest, end) = _join(nodes, count, zero, rest, end);
        (root, rest, end) = _climb(nodes, zero, top, rest, end);
        require(rest == 0, IOneStep.WitnessMaskTooLong(rest));
    }

    /// @notice The bytes of a word in the other order.
    function reversed(uint256 x) internal pure returns (uint256) {
        uint256 mask = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        x = ((x >> 8) & mask) | ((x & mask) << 8);
        mask = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        x = ((x >> 16) & mask) | ((x & mask) << 16);
        mask = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        x = ((x >> 32) & mask) | ((x & mask) << 32);
        mask = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
        x = ((x >> 64) & mask) | ((x & mask) << 64);
        return (x >> 128) | (x << 128);
    }

    /// @dev Writes the lowest level: for each leaf two words, its index and itself. Behind the last one
    /// stands an index that no node has, so that looking at the next node needs no comparison with the end.
    function _firstNodes(Opening memory opening, uint256 position) private pure returns (uint256 nodes) {
        (uint256 count, bool changed) = (opening.count, opening.changed);
        assembly ("memory-safe") {
            nodes := mload(0x40)
            mstore(0x40, add(nodes, add(shl(6, count), 32)))
        }
        // counts to 4 at most
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                uint256 leaf = changed ? reversed(opening.leaves[i]) : _load(position + 32 * i);
                assembly ("memory-safe") {
                    let node := add(nodes, shl(6, i))
                    mstore(node, mload(add(mload(add(opening, 0x40)), shl(5, i))))
                    mstore(add(node, 32), leaf)
                    mstore(add(node, 64), not(0))
                }
            }
        }
    }

    /// @dev Hashes level by level as long as there are several nodes. They have one ancestor, so this ends at the top at the
    /// latest. Parents replace what they are made of: they never reach what is still to be read. The scratch space holds the
    /// pair that is hashed.
    /// @param nodes the lowest level, as `_firstNodes` writes it; one node is left there
    /// @param zero where the root of zeros of this level stands
    /// @param rest the mask from the next sibling on
    /// @param next where the next sibling that is given stands in calldata
    /// @return zero, rest and next for the level where one node is left
    function _join(
        uint256 nodes,
        uint256 count,
        uint256 zero,
        uint256 rest,
        uint256 next
    ) private pure returns (uint256, uint256, uint256) {
        assembly ("memory-safe") {
            let single_ := add(nodes, 64)
            for {
                let last := add(nodes, shl(6, count))
            } gt(last, single_) {
                zero := add(zero, 32)
            } {
                let parent := nodes
                for {
                    let node := nodes
                } lt(node, last) {
                    node := add(node, 64)
                } {
                    let index := mload(node)
                    switch eq(mload(add(node, 64)), xor(index, 1))
                    case 1 {
                        mstore(0, mload(add(node, 32)))
                        node := add(node, 64)
                        mstore(32, mload(add(node, 32)))
                    }
                    default {
                        let side := shl(5, and(index, 1))
                        mstore(side, mload(add(node, 32)))
                        let sibling := mload(zero)
                        if and(rest, 1) {
                            sibling := calldataload(next)
                            next := add(next, 32)
                        }
                        mstore(xor(side, 32), sibling)
                        rest := shr(1, rest)
                    }
                    mstore(parent, shr(1, index))
                    mstore(add(parent, 32), keccak256(0, 64))
                    parent := add(parent, 64)
                }
                last := parent
                mstore(last, not(0))
            }
        }
        return (zero, rest, next);
    }

    /// @dev Hashes the one path from a node to the root. Parameters are those of `_join`. Where no sibling is given any more and
    /// the path stays on the left, which is so above the used part of a space, a shorter loop does.
    /// @param top where the roots of zeros of this tree end
    function _climb(
        uint256 nodes,
        uint256 zero,
        uint256 top,
        uint256 rest,
        uint256 next
    ) private pure returns (bytes32 root, uint256, uint256) {
        assembly ("memory-safe") {
            let index := mload(nodes)
            root := mload(add(nodes, 32))
            for {} and(lt(zero, top), lt(0, or(rest, index))) {
                zero := add(zero, 32)
            } {
                let side := shl(5, and(index, 1))
                mstore(side, root)
                let sibling := mload(zero)
                if and(rest, 1) {
                    sibling := calldataload(next)
                    next := add(next, 32)
                }
                mstore(xor(side, 32), sibling)
                rest := shr(1, rest)
                index := shr(1, index)
                root := keccak256(0, 64)
            }
            mstore(0, root)
            for {} lt(zero, top) {
                zero := add(zero, 32)
            } {
                mstore(32, mload(zero))
                mstore(0, keccak256(0, 64))
            }
            root := mload(0)
        }
        return (root, rest, next);
    }

    /// @dev 32 bytes of calldata; what lies behind its end is 0.
    function _load(uint256 position) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(position)
        }
    }
}
