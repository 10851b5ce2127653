// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Accesses} from "./Accesses.sol";
import {Control} from "./Control.sol";
import {IOneStep} from "./IOneStep.sol";
import {Machine} from "./Machine.sol";
import {Numbers} from "./Numbers.sol";
import {Openings} from "./Openings.sol";

/// @title OneStep: one instruction of the deterministic machine, executed again
/// @notice What machine/src/witness does in TypeScript, instruction by instruction.
contract OneStep is IOneStep {
    using Machine for Machine.State;
    using Openings for Openings.Opening;

    uint256 private constant CODE_LENGTH = 1 << 20;
    uint256 private constant CODE_DEPTH = 19;
    uint256 private constant SLOT_DEPTH = 15;
    uint256 private constant MOST_PAGES = 1 << 16;
    uint256 private constant INPUT_LENGTH = 1 << 25;
    uint256 private constant MOST_SLOT_LEAVES = 4;
    uint256 private constant MOST_ACCESS_LEAVES = 2;
    /// @dev Bytes of a state as it is hashed, and of the numbers at the begin of a witness.
    uint256 private constant STATE_BYTES = 125;
    uint256 private constant HEAD_BYTES = 21;

    /// @dev Roots of the spaces that change.
    struct Roots {
        bytes32 slots;
        bytes32 mem;
        bytes32 output;
    }

    /// @inheritdoc IOneStep
    function step(
        bytes32 state,
        Program calldata program,
        bytes calldata witness
    ) external pure returns (bytes32 next) {
        uint256 head = _load(witness, 0);
        if (head >> 248 != Machine.RUNNING) {
            require(witness.length == STATE_BYTES, WitnessLengthDiffers(STATE_BYTES, witness.length));
            _requireState(state, keccak256(witness));
            return state;
        }
        Machine.State memory machine;
        machine.pc = uint32(head >> 216);
        machine.fp = uint32(head >> 184);
        machine.pages = uint32(head >> 152);
        machine.fuel = uint64(head >> 88);
        machine.maxPages = Math.min(program.maxPages, MOST_PAGES);
        machine.inLen = Math.min(program.inLen, INPUT_LENGTH);

        (Roots memory roots, uint256 space) = _open(machine, program, witness);
        _requireState(state, _hash(machine, roots));
        _execute(machine, space);
        if (machine.slots.changed) (roots.slots, ) = machine.slots.rootOf();
        if (machine.access.changed) {
            (bytes32 root, ) = machine.access.rootOf();
            if (space == Accesses.MEMORY) roots.mem = root;
            else roots.output = root;
        }
        return _hash(machine, roots);
    }

    /// @dev Reads the witness behind its head, and checks what it shows against the program's roots.
    /// @return roots before the step
    /// @return space that the instruction loads from or stores to
    function _open(
        Machine.State memory machine,
        Program calldata program,
        bytes calldata witness
    ) private pure returns (Roots memory roots, uint256 space) {
        uint256 start;
        assembly ("memory-safe") {
            start := witness.offset
        }
        // positions in calldata are far from overflowing
        unchecked {
            uint256 position = start + HEAD_BYTES;
            uint256 zeroRoots = Openings.zeroRoots();
            space = Accesses.NO_SPACE;
            if (machine.pc < CODE_LENGTH) {
                position = _openCode(machine, program.codeRoot, position, zeroRoots);
                space = Accesses.spaceOf(machine);
            }
            machine.slots = Openings.read(SLOT_DEPTH, MOST_SLOT_LEAVES, position, zeroRoots);
            position = machine.slots.position;
            if (machine.slots.count != 0) (roots.slots, position) = machine.slots.rootOf();
            if (space != Accesses.NO_SPACE) position = _openAccess(machine, program, space, roots, position, zeroRoots);
            bool open = machine.access.count != 0;
            if (machine.slots.count == 0) (roots.slots, position) = (_word(position), position + 32);
            if (!open || space != Accesses.MEMORY) (roots.mem, position) = (_word(position), position + 32);
            if (!open || space != Accesses.OUTPUT) (roots.output, position) = (_word(position), position + 32);
            // Whatever was read behind the end of the witness, it is noticed here.
            require(position - start == witness.length, WitnessLengthDiffers(position - start, witness.length));
        }
    }

    function _openCode(
        Machine.State memory machine,
        bytes32 codeRoot,
        uint256 position,
        uint256 zeroRoots
    ) private pure returns (uint256 end) {
        Openings.Opening memory code = Openings.single(CODE_DEPTH, machine.pc >> 1, position, zeroRoots);
        bytes32 root;
        (root, end) = code.rootOf();
        require(root == codeRoot, WitnessCodeDiffers(codeRoot, root));
        machine.instruction = uint128(code.leaves[0] >> ((machine.pc & 1) << 7));
    }

    function _openAccess(
        Machine.State memory machine,
        Program calldata program,
        uint256 space,
        Roots memory roots,
        uint256 position,
        uint256 zeroRoots
    ) private pure returns (uint256 end) {
        uint256 depth = Accesses.depthOf(space, machine.maxPages);
        machine.access = Openings.read(depth, MOST_ACCESS_LEAVES, position, zeroRoots);
        if (machine.access.count == 0) return machine.access.position;
        bytes32 root;
        (root, end) = machine.access.rootOf();
        if (space == Accesses.MEMORY) roots.mem = root;
        else if (space == Accesses.OUTPUT) roots.output = root;
        else if (space == Accesses.INPUT)
            require(root == program.inputRoot, WitnessInputDiffers(program.inputRoot, root));
        else require(root == program.dataRoot, WitnessDataDiffers(program.dataRoot, root));
    }

    /// @dev Does the step; the machine is running.
    function _execute(Machine.State memory machine, uint256 space) private pure {
        if (machine.pc >= CODE_LENGTH) {
            machine.status = Machine.ILLEGAL;
            return;
        }
        ++machine.pc;
        uint256 opcode = machine.opcode();
        if (Numbers.operandCount(opcode) != 0) machine.status = Numbers.execute(machine);
        else if (Accesses.isAccess(opcode)) machine.status = Accesses.execute(machine, space);
        else machine.status = Control.execute(machine);
    }

    function _requireState(bytes32 expected, bytes32 actual) private pure {
        require(expected == actual, WitnessStateDiffers(expected, actual));
    }

    /// @dev docs/machine.md, "State".
    function _hash(Machine.State memory machine, Roots memory roots) private pure returns (bytes32) {
        uint256 numbers = (machine.status << 224) | (machine.exitCode << 192) | (machine.pc << 160);
        numbers |= (machine.fp << 128) | (machine.pages << 96) | (machine.fuel << 32) | machine.outLen;
        return keccak256(abi.encodePacked(uint232(numbers), roots.slots, roots.mem, roots.output));
    }

    /// @dev 32 bytes from an offset of the witness on; what lies behind the end of calldata is 0.
    function _load(bytes calldata witness, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(witness.offset, offset))
        }
    }

    /// @dev 32 bytes of calldata; what lies behind its end is 0.
    function _word(uint256 position) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := calldataload(position)
        }
    }
}
