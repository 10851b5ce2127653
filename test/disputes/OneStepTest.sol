// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOneStep} from "../../contracts/disputes/IOneStep.sol";
import {Deployments} from "../lib/Deployments.sol";

/// @notice Witnesses made by hand: of each tree one path, all siblings of which are given and no two of which are alike.
abstract contract OneStepTest is Deployments {
    uint256 internal constant CODE_DEPTH = 19;
    uint256 internal constant SLOT_DEPTH = 15;
    uint256 internal constant IO_DEPTH = 20;
    uint64 internal constant FUEL = 1000;
    bytes32 internal constant MEM_ROOT = keccak256("memory");
    bytes32 internal constant OUTPUT_ROOT = keccak256("output");

    IOneStep internal oneStep;
    IOneStep.Program internal program;

    /// @dev The numbers of a running state.
    struct Numbers {
        uint32 pc;
        uint32 fp;
        uint32 pages;
        uint64 fuel;
    }

    function setUp() public virtual {
        oneStep = _newOneStep();
        program.maxPages = 2;
        program.inLen = 64;
    }

    /// @dev 16 bytes, all numbers below 256.
    function _instruction(uint8 op, uint8 flags, uint8 d, uint8 a, uint8 b, uint8 lo) internal pure returns (bytes16) {
        return bytes16(abi.encodePacked(op, flags, d, bytes1(0), a, bytes1(0), b, bytes1(0), lo, bytes7(0)));
    }

    /// @dev Four slots, each below 256.
    function _slots(uint8 first, uint8 second, uint8 third, uint8 fourth) internal pure returns (bytes32) {
        return bytes32(abi.encodePacked(first, bytes7(0), second, bytes7(0), third, bytes7(0), fourth, bytes7(0)));
    }

    /// @dev The root above a leaf at an index, and its proof.
    function _prove(
        bytes32 leaf,
        uint256 index,
        uint256 depth
    ) internal pure returns (bytes32 root, bytes memory proof) {
        root = leaf;
        for (uint256 height = 0; height < depth; ++height) {
            bytes32 sibling = keccak256(abi.encode(depth, height));
            root =
                (index >> height) & 1 == 0
                    ? keccak256(abi.encode(root, sibling))
                    : keccak256(abi.encode(sibling, root));
            proof = bytes.concat(proof, sibling);
        }
        proof = bytes.concat(leaf, bytes8(uint64((1 << depth) - 1)), proof);
    }

    /// @dev Makes the instruction at pc 0 and 1 that of the program, and gives its proof.
    function _setCode(bytes16 instruction) internal returns (bytes memory proof) {
        (program.codeRoot, proof) = _prove(bytes32(bytes.concat(instruction, instruction)), 0, CODE_DEPTH);
    }

    function _head(Numbers memory numbers) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0), numbers.pc, numbers.fp, numbers.pages, numbers.fuel);
    }

    /// @dev The hash of a state without exit code and output's length.
    function _hash(
        uint8 status,
        Numbers memory numbers,
        bytes32 slotRoot,
        bytes32 memRoot,
        bytes32 outputRoot
    ) internal pure returns (bytes32) {
        bytes memory registers = abi.encodePacked(status, uint32(0), numbers.pc, numbers.fp, numbers.pages);
        return keccak256(abi.encodePacked(registers, numbers.fuel, uint32(0), slotRoot, memRoot, outputRoot));
    }

    function _running() internal pure returns (Numbers memory) {
        return Numbers({pc: 0, fp: 0, pages: 1, fuel: FUEL});
    }

    /// @dev An opening of one leaf.
    function _open(uint32 index, bytes memory proof) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), index, proof);
    }
}
