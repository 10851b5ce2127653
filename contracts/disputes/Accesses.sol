// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Machine} from "./Machine.sol";
import {Openings} from "./Openings.sol";

/// @title Loads and stores
/// @notice docs/machine.md, "Spaces" and "Instructions", 0x28 to 0x3E.
library Accesses {
    using Machine for Machine.State;
    using Openings for Openings.Opening;

    uint256 internal constant MEMORY = 0;
    uint256 internal constant INPUT = 1;
    uint256 internal constant OUTPUT = 2;
    uint256 internal constant DATA = 3;
    /// @dev Stands for the space of what is no load or store, or names none that it may reach.
    uint256 internal constant NO_SPACE = 4;

    uint256 private constant FIRST_LOAD = 0x28;
    uint256 private constant FIRST_STORE = 0x36;
    uint256 private constant LAST_STORE = 0x3e;
    /// @dev Bytes that are loaded or stored, by opcode from 0x28 on.
    bytes32 private constant SIZES = hex"0408040801010202010102020404_040804080102010204_000000000000000000";

    /// @notice Whether an opcode is that of a load or store.
    function isAccess(uint256 opcode) internal pure returns (bool) {
        return opcode >= FIRST_LOAD && opcode <= LAST_STORE;
    }

    /// @notice The space that an instruction loads from or stores to.
    /// @return space 0 to 3, or NO_SPACE
    function spaceOf(Machine.State memory state) internal pure returns (uint256 space) {
        uint256 opcode = state.opcode();
        uint256 flags = state.flags();
        if (!isAccess(opcode) || flags > 6 || flags & 1 != 0) return NO_SPACE;
        space = flags >> 1;
        if (opcode >= FIRST_STORE && space != MEMORY && space != OUTPUT) return NO_SPACE;
    }

    /// @notice The depth of a space's tree.
    /// @param maxPages at most 65,536
    function depthOf(uint256 space, uint256 maxPages) internal pure returns (uint256) {
        if (space == DATA) return 19;
        if (space != MEMORY) return 20;
        return 11 + Math.log2(maxPages == 0 ? 1 : maxPages, Math.Rounding.Ceil);
    }

    /// @notice Does a load or store.
    /// @param space what `spaceOf` says
    /// @return status after it
    function execute(Machine.State memory state, uint256 space) internal pure returns (uint256 status) {
        uint256 opcode = state.opcode();
        bool store = opcode >= FIRST_STORE;
        bool legal = state.names(state.a()) && state.names(store ? state.b() : state.d());
        if (space == NO_SPACE || !legal) return Machine.ILLEGAL;
        // opcodes are in range, an address has 33 bits, and at most 8 bytes are in question
        unchecked {
            uint256 size = uint8(SIZES[opcode - FIRST_LOAD]);
            uint256 address_ = state.low(state.a()) + state.lo();
            if (!store) {
                if (address_ + size > _lengthOf(state, space)) return Machine.MEMORY_OUT_OF_BOUNDS;
                return state.give(_extended(opcode, size, _load(state.access, address_, size)));
            }
            uint256 value = state.get(state.b());
            if (address_ + size > _lengthOf(state, space)) return Machine.MEMORY_OUT_OF_BOUNDS;
            _store(state.access, address_, size, value);
        }
        return Machine.RUNNING;
    }

    /// @dev Where a space ends, in bytes.
    function _lengthOf(Machine.State memory state, uint256 space) private pure returns (uint256) {
        if (space == MEMORY) return Math.min(state.pages, state.maxPages) << 16;
        if (space == INPUT) return state.inLen;
        return space == OUTPUT ? 1 << 25 : 1 << 24;
    }

    /// @dev Extends the sign of what was loaded, where the opcode says so, to 32 or 64 bits.
    function _extended(uint256 opcode, uint256 size, uint256 value) private pure returns (uint256) {
        if (opcode < 0x2c || opcode & 1 != 0) return value;
        uint256 mask = opcode < 0x30 ? type(uint32).max : type(uint64).max;
        assembly ("memory-safe") {
            value := and(signextend(sub(size, 1), value), mask)
        }
        return value;
    }

    /// @dev The number of `size` bytes at an address, the lowest first; they may reach into a second leaf.
    function _load(
        Openings.Opening memory access,
        uint256 address_,
        uint256 size
    ) private pure returns (uint256 value) {
        // bits of a leaf, and indices far below 2^256
        unchecked {
            uint256 leaf = address_ >> 5;
            uint256 shift = (address_ & 31) << 3;
            value = Openings.leafAt(access.placeOf(leaf)) >> shift;
            if (shift + (size << 3) > 256) value |= Openings.leafAt(access.placeOf(leaf + 1)) << (256 - shift);
            return value & ((1 << (size << 3)) - 1);
        }
    }

    /// @dev Sets `size` bytes at an address to the lowest ones of a value.
    function _store(Openings.Opening memory access, uint256 address_, uint256 size, uint256 value) private pure {
        // bits of a leaf, and indices far below 2^256
        unchecked {
            uint256 leaf = address_ >> 5;
            uint256 shift = (address_ & 31) << 3;
            uint256 mask = (1 << (size << 3)) - 1;
            value &= mask;
            uint256 place = access.placeOf(leaf);
            access.setLeaf(place, (Openings.leafAt(place) & ~(mask << shift)) | (value << shift));
            if (shift + (size << 3) > 256) {
                place = access.placeOf(leaf + 1);
                shift = 256 - shift;
                access.setLeaf(place, (Openings.leafAt(place) & ~(mask >> shift)) | (value >> shift));
            }
        }
    }
}
