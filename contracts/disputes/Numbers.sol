// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FloatingPoint} from "./FloatingPoint.sol";
import {Integers} from "./Integers.sol";
import {Machine} from "./Machine.sol";

/// @title Instructions that compute a number from one or two
/// @notice docs/machine.md, "Instructions", 0x45 to 0xC4 and 0xD0 to 0xD7: which opcodes these are, and where their operands stand.
library Numbers {
    using Machine for Machine.State;

    /// @dev Sets of opcodes: bit i stands for opcode i, and 2^(n + 1) - 2^m for m to n.
    uint256 private constant NUMERIC = 2 ** 0xc5 - 2 ** 0x45 + 2 ** 0xd8 - 2 ** 0xd0;
    uint256 private constant BINARY_INTEGER =
        2 ** 0x50 - 2 ** 0x46 + 2 ** 0x5b - 2 ** 0x51 + 2 ** 0x79 - 2 ** 0x6a + 2 ** 0x8b - 2 ** 0x7c;
    uint256 private constant BINARY_FLOAT = 2 ** 0x67 - 2 ** 0x5b + 2 ** 0x99 - 2 ** 0x92 + 2 ** 0xa7 - 2 ** 0xa0;
    uint256 private constant BINARY = BINARY_INTEGER + BINARY_FLOAT;
    uint256 private constant FLOAT =
        2 ** 0x67 -
            2 ** 0x5b +
            2 ** 0xa7 -
            2 ** 0x8b +
            2 ** 0xac -
            2 ** 0xa8 +
            2 ** 0xbc -
            2 ** 0xae +
            2 ** 0xd8 -
            2 ** 0xd0;

    /// @notice How many operands an opcode of these takes; 0 if it is none of them.
    function operandCount(uint256 opcode) internal pure returns (uint256) {
        return ((NUMERIC >> opcode) & 1) + ((BINARY >> opcode) & 1);
    }

    /// @notice Does such an instruction.
    /// @return status after it
    function execute(Machine.State memory state) internal pure returns (uint256 status) {
        uint256 opcode = state.opcode();
        bool binary = operandCount(opcode) == 2;
        uint256 flags = state.flags();
        if (flags > (binary ? 1 : 0)) return Machine.ILLEGAL;
        bool fromSlot = binary && flags == 0;
        if (!state.names(state.d()) || !state.names(state.a())) return Machine.ILLEGAL;
        if (fromSlot && !state.names(state.b())) return Machine.ILLEGAL;
        uint256 first = state.get(state.a());
        uint256 second = fromSlot ? state.get(state.b()) : state.imm();
        (uint256 result, uint256 trap) = (FLOAT >> opcode) & 1 == 0
            ? Integers.compute(opcode, first, second)
            : FloatingPoint.compute(opcode, first, second);
        return trap == 0 ? state.give(result) : trap;
    }
}
