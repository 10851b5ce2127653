// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Machine} from "./Machine.sol";

/// @title Everything but numbers, loads and stores
/// @notice docs/machine.md, "Instructions": fuel, jumps, calls, moves, globals, tables, the memory's size. None of them has flags,
/// and the slots that one names relative to fp are checked before anything else.
library Control {
    using Machine for Machine.State;

    uint256 private constant MAX_OUT_LEN = 1 << 24;

    /// @notice Does one of these instructions.
    /// @return status after it
    function execute(Machine.State memory state) internal pure returns (uint256 status) {
        if (state.flags() != 0) return Machine.ILLEGAL;
        uint256 opcode = state.opcode();
        if (opcode < 0x08) return _simple(state, opcode);
        if (opcode < 0x20) return _jump(state, opcode);
        if (opcode < 0x28) return _move(state, opcode);
        return _size(state, opcode);
    }

    /// @dev 0x00 to 0x07.
    function _simple(Machine.State memory state, uint256 opcode) private pure returns (uint256) {
        if (opcode == 0x00) return Machine.UNREACHABLE;
        if (opcode == 0x01) {
            // numbers of 32 bits
            if (state.fp + state.hi() > Machine.SLOT_COUNT) return Machine.STACK_EXHAUSTED;
            return _charge(state, state.lo());
        }
        if (opcode == 0x02) return _charge(state, state.lo());
        if (opcode == 0x03) {
            state.fuel = uint64(state.fuel + state.lo());
            return Machine.RUNNING;
        }
        if (opcode == 0x04) return _branch(state, true);
        if (opcode == 0x05) return _halt(state);
        if (!state.names(state.d())) return Machine.ILLEGAL;
        return state.give(opcode == 0x06 ? state.fuel : state.inLen);
    }

    function _charge(Machine.State memory state, uint256 amount) private pure returns (uint256) {
        if (state.fuel < amount) {
            state.fuel = 0;
            return Machine.OUT_OF_FUEL;
        }
        state.fuel -= amount;
        return Machine.RUNNING;
    }

    function _halt(Machine.State memory state) private pure returns (uint256) {
        if (!state.names(state.a()) || !state.names(state.b())) return Machine.ILLEGAL;
        uint256 outLen = state.low(state.b());
        if (outLen > MAX_OUT_LEN) return Machine.ILLEGAL;
        state.exitCode = state.low(state.a());
        state.outLen = outLen;
        return Machine.EXITED;
    }

    /// @dev 0x0C to 0x1B.
    function _jump(Machine.State memory state, uint256 opcode) private pure returns (uint256) {
        if (opcode == 0x0c) {
            state.pc = state.lo();
            return Machine.RUNNING;
        }
        if (opcode == 0x0d) return _branch(state, false);
        if (opcode == 0x10) {
            if (!state.names(state.a() + state.d())) return Machine.ILLEGAL;
            return _enter(state, state.lo());
        }
        if (opcode == 0x11) return _enterIndirectly(state);
        if (opcode == 0x1b) return _select(state);
        if (opcode != 0x0e && opcode != 0x0f) return Machine.ILLEGAL;
        if (!state.names(state.a())) return Machine.ILLEGAL;
        if (opcode == 0x0e) {
            state.pc = uint32(state.pc + Math.min(state.low(state.a()), state.lo()));
        } else {
            uint256 link = state.get(state.a());
            state.pc = uint32(link);
            state.fp = link >> 32;
        }
        return Machine.RUNNING;
    }

    /// @dev Jumps if the low half of s[a] is 0, or if it is not.
    function _branch(Machine.State memory state, bool onZero) private pure returns (uint256) {
        if (!state.names(state.a())) return Machine.ILLEGAL;
        if ((state.low(state.a()) == 0) == onZero) state.pc = state.lo();
        return Machine.RUNNING;
    }

    /// @dev Leaves the link and goes to `pc` with the frame at fp + a.
    function _enter(Machine.State memory state, uint256 pc) private pure returns (uint256) {
        uint256 fp = state.fp;
        state.setSlot(fp + state.a() + state.d(), (fp << 32) | state.pc);
        state.fp = fp + state.a();
        state.pc = pc;
        return Machine.RUNNING;
    }

    function _enterIndirectly(Machine.State memory state) private pure returns (uint256) {
        if (!state.names(state.b()) || !state.names(state.a() + state.d())) return Machine.ILLEGAL;
        uint256 index = state.low(state.b());
        if (index >= state.lo()) return Machine.TABLE_INDEX;
        if (index >= Machine.SLOT_COUNT) return Machine.ILLEGAL;
        uint256 entry = state.slot(index);
        return entry >> 32 == state.hi() ? _enter(state, uint32(entry)) : Machine.WRONG_CALLEE;
    }

    function _select(Machine.State memory state) private pure returns (uint256) {
        uint256 third = uint16(state.lo());
        bool legal = state.names(state.d()) && state.names(state.a());
        if (!legal || !state.names(state.b()) || !state.names(third)) return Machine.ILLEGAL;
        return state.give(state.get(state.low(third) == 0 ? state.b() : state.a()));
    }

    /// @dev 0x20 to 0x26.
    function _move(Machine.State memory state, uint256 opcode) private pure returns (uint256) {
        if (opcode == 0x20) {
            if (!state.names(state.d()) || !state.names(state.a())) return Machine.ILLEGAL;
            return state.give(state.get(state.a()));
        }
        if (opcode == 0x23) {
            if (!state.names(state.d()) || state.lo() >= Machine.SLOT_COUNT) return Machine.ILLEGAL;
            return state.give(state.slot(state.lo()));
        }
        if (opcode == 0x24) {
            if (!state.names(state.a()) || state.lo() >= Machine.SLOT_COUNT) return Machine.ILLEGAL;
            state.setSlot(state.lo(), state.get(state.a()));
            return Machine.RUNNING;
        }
        if (opcode != 0x25 && opcode != 0x26) return Machine.ILLEGAL;
        bool get = opcode == 0x25;
        if (!state.names(state.a()) || !state.names(get ? state.d() : state.b())) return Machine.ILLEGAL;
        uint256 index = state.low(state.a());
        if (index >= state.hi()) return Machine.TABLE_INDEX;
        index += state.lo();
        if (index >= Machine.SLOT_COUNT) return Machine.ILLEGAL;
        if (get) return state.give(state.slot(index));
        state.setSlot(index, state.get(state.b()));
        return Machine.RUNNING;
    }

    /// @dev 0x3F to 0x41, and what is no instruction.
    function _size(Machine.State memory state, uint256 opcode) private pure returns (uint256) {
        if (opcode < 0x3f || opcode > 0x41 || !state.names(state.d())) return Machine.ILLEGAL;
        if (opcode == 0x3f) return state.give(state.pages);
        if (opcode == 0x41) return state.give(state.imm());
        if (!state.names(state.a())) return Machine.ILLEGAL;
        uint256 before = state.pages;
        uint256 pages = before + state.low(state.a());
        if (pages > state.maxPages) return state.give(type(uint32).max);
        state.pages = pages;
        return state.give(before);
    }
}
