// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Openings} from "./Openings.sol";

/// @title What a step sees and changes
/// @notice docs/machine.md, "State" and "Spaces".
library Machine {
    using Openings for Openings.Opening;

    // docs/machine.md, "State": the status
    uint256 internal constant RUNNING = 0;
    uint256 internal constant EXITED = 1;
    uint256 internal constant UNREACHABLE = 2;
    uint256 internal constant MEMORY_OUT_OF_BOUNDS = 3;
    uint256 internal constant DIVISION_BY_ZERO = 4;
    uint256 internal constant INTEGER_OVERFLOW = 5;
    uint256 internal constant TABLE_INDEX = 7;
    uint256 internal constant WRONG_CALLEE = 8;
    uint256 internal constant STACK_EXHAUSTED = 9;
    uint256 internal constant OUT_OF_FUEL = 10;
    uint256 internal constant ILLEGAL = 11;

    uint256 internal constant SLOT_COUNT = 1 << 17;

    /// @notice The numbers of the state, what is fixed beside it, and the leaves that the step may reach.
    /// @param pc behind the instruction, once it is read
    /// @param instruction its 16 bytes as a number, the opcode lowest
    /// @param access leaves of the space that a load or store names
    struct State {
        uint256 status;
        uint256 exitCode;
        uint256 pc;
        uint256 fp;
        uint256 pages;
        uint256 fuel;
        uint256 outLen;
        uint256 maxPages;
        uint256 inLen;
        uint256 instruction;
        Openings.Opening slots;
        Openings.Opening access;
    }

    // ---- the instruction's fields ----

    function opcode(State memory state) internal pure returns (uint256) {
        return state.instruction & 0xff;
    }

    function flags(State memory state) internal pure returns (uint256) {
        return (state.instruction >> 8) & 0xff;
    }

    function d(State memory state) internal pure returns (uint256) {
        return (state.instruction >> 16) & 0xffff;
    }

    function a(State memory state) internal pure returns (uint256) {
        return (state.instruction >> 32) & 0xffff;
    }

    function b(State memory state) internal pure returns (uint256) {
        return (state.instruction >> 48) & 0xffff;
    }

    function imm(State memory state) internal pure returns (uint256) {
        return state.instruction >> 64;
    }

    function lo(State memory state) internal pure returns (uint256) {
        return (state.instruction >> 64) & 0xffffffff;
    }

    function hi(State memory state) internal pure returns (uint256) {
        return state.instruction >> 96;
    }

    // ---- slots ----

    /// @notice Whether the slot `fp + index` is one.
    function names(State memory state, uint256 index) internal pure returns (bool) {
        // at most 32 and 17 bits
        unchecked {
            return state.fp + index < SLOT_COUNT;
        }
    }

    /// @notice The slot `fp + index`.
    function get(State memory state, uint256 index) internal pure returns (uint256) {
        // at most 32 and 17 bits
        unchecked {
            return slot(state, state.fp + index);
        }
    }

    /// @notice The low half of the slot `fp + index`.
    function low(State memory state, uint256 index) internal pure returns (uint256) {
        return uint32(get(state, index));
    }

    /// @notice Sets the slot `fp + d`; the machine runs on.
    function give(State memory state, uint256 value) internal pure returns (uint256 status) {
        // at most 32 and 16 bits
        unchecked {
            setSlot(state, state.fp + d(state), value);
        }
        return RUNNING;
    }

    /// @notice A slot by its number. Four of them are a leaf.
    function slot(State memory state, uint256 index) internal pure returns (uint256) {
        uint256 leaf = Openings.leafAt(state.slots.placeOf(index >> 2));
        return uint64(leaf >> ((index & 3) << 6));
    }

    /// @notice Sets a slot by its number.
    /// @param value of 64 bits
    function setSlot(State memory state, uint256 index, uint256 value) internal pure {
        uint256 place = state.slots.placeOf(index >> 2);
        uint256 shift = (index & 3) << 6;
        uint256 others = Openings.leafAt(place) & ~(uint256(type(uint64).max) << shift);
        state.slots.setLeaf(place, others | (value << shift));
    }
}
