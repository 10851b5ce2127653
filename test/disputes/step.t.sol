// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOneStep} from "../../contracts/disputes/IOneStep.sol";
import {OneStepTest} from "./OneStepTest.sol";

/// @notice Every refusal, and a step of each kind; test/integration/oneStep.test.ts compares all instructions with the interpreter.
contract StepTest is OneStepTest {
    bytes32 private constant SLOT_ROOT = keccak256("slots");
    uint8 private constant JMP = 0x0c;
    uint8 private constant MOV = 0x20;
    uint8 private constant LOAD = 0x29;
    uint8 private constant STORE = 0x37;
    bytes private constant NO_LEAF = hex"00";

    function _state(Numbers memory numbers) private pure returns (bytes32) {
        return _hash(0, numbers, SLOT_ROOT, MEM_ROOT, OUTPUT_ROOT);
    }

    /// @dev A witness that opens nothing but the code.
    function _closed(bytes memory code) private pure returns (bytes memory) {
        return bytes.concat(_head(_running()), code, NO_LEAF, SLOT_ROOT, MEM_ROOT, OUTPUT_ROOT);
    }

    function _refuse(bytes memory reason, bytes32 state, bytes memory witness) private {
        vm.expectRevert(reason);
        oneStep.step(state, program, witness);
    }

    function test_step_jumps() public {
        bytes memory witness = _closed(_setCode(_instruction(JMP, 0, 0, 0, 0, 9)));
        Numbers memory next = _running();
        next.pc = 9;
        vm.assertEq(oneStep.step(_state(_running()), program, witness), _state(next));
    }

    function test_step_writesASlot() public {
        bytes memory code = _setCode(_instruction(MOV, 0, 2, 1, 0, 0));
        (bytes32 root, bytes memory slots) = _prove(_slots(7, 8, 9, 10), 0, SLOT_DEPTH);
        (bytes32 rootAfter, ) = _prove(_slots(7, 8, 8, 10), 0, SLOT_DEPTH);
        bytes memory witness = bytes.concat(_head(_running()), code, _open(0, slots), MEM_ROOT, OUTPUT_ROOT);
        Numbers memory next = _running();
        next.pc = 1;
        vm.assertEq(
            oneStep.step(_hash(0, _running(), root, MEM_ROOT, OUTPUT_ROOT), program, witness),
            _hash(0, next, rootAfter, MEM_ROOT, OUTPUT_ROOT)
        );
    }

    function test_step_writesOutput() public {
        bytes memory code = _setCode(_instruction(STORE, 4, 0, 0, 1, 8));
        (bytes32 root, bytes memory slots) = _prove(_slots(8, 99, 0, 0), 0, SLOT_DEPTH);
        (bytes32 output, bytes memory proof) = _prove(_slots(1, 2, 3, 4), 0, IO_DEPTH);
        (bytes32 outputAfter, ) = _prove(_slots(1, 2, 99, 4), 0, IO_DEPTH);
        bytes memory witness = bytes.concat(_head(_running()), code, _open(0, slots), _open(0, proof), MEM_ROOT);
        Numbers memory next = _running();
        next.pc = 1;
        vm.assertEq(
            oneStep.step(_hash(0, _running(), root, MEM_ROOT, output), program, witness),
            _hash(0, next, root, MEM_ROOT, outputAfter)
        );
    }

    function test_step_isIllegal_whenPcIsBehindTheCode() public view {
        Numbers memory far = _running();
        far.pc = 1 << 20;
        bytes memory witness = bytes.concat(_head(far), NO_LEAF, SLOT_ROOT, MEM_ROOT, OUTPUT_ROOT);
        bytes32 expected = _hash(11, far, SLOT_ROOT, MEM_ROOT, OUTPUT_ROOT);
        vm.assertEq(oneStep.step(_state(far), program, witness), expected);
    }

    /// @notice A state that does not run stays, whatever its numbers and status.
    function testFuzz_step_staysAtTheEnd(bytes32[3] calldata words, uint8 status) public {
        vm.assume(status != 0);
        bytes memory ended = abi.encodePacked(status, bytes28(words[0]), words);
        bytes32 state = keccak256(ended);
        vm.assertEq(oneStep.step(state, program, ended), state);
        _refuse(abi.encodeWithSelector(IOneStep.WitnessStateDiffers.selector, words[1], state), words[1], ended);
        bytes memory longer = bytes.concat(ended, hex"00");
        _refuse(abi.encodeWithSelector(IOneStep.WitnessLengthDiffers.selector, 125, 126), state, longer);
    }

    function test_step_refuses_whenTheLengthDiffers() public {
        bytes memory witness = _closed(_setCode(_instruction(JMP, 0, 0, 0, 0, 9)));
        uint256 length = witness.length;
        bytes memory longer = bytes.concat(witness, hex"00");
        bytes4 selector = IOneStep.WitnessLengthDiffers.selector;
        _refuse(abi.encodeWithSelector(selector, length, length + 1), _state(_running()), longer);
        assembly ("memory-safe") {
            mstore(witness, sub(length, 1))
        }
        _refuse(abi.encodeWithSelector(selector, length, length - 1), _state(_running()), witness);
    }

    function test_step_refuses_whenTheStateDiffers() public {
        bytes memory witness = _closed(_setCode(_instruction(JMP, 0, 0, 0, 0, 9)));
        bytes32 shown = _state(_running());
        _refuse(abi.encodeWithSelector(IOneStep.WitnessStateDiffers.selector, SLOT_ROOT, shown), SLOT_ROOT, witness);
    }

    function test_step_refuses_whenTheCodeDiffers() public {
        bytes memory witness = _closed(_setCode(_instruction(JMP, 0, 0, 0, 0, 9)));
        bytes32 shown = program.codeRoot;
        program.codeRoot = SLOT_ROOT;
        bytes4 selector = IOneStep.WitnessCodeDiffers.selector;
        _refuse(abi.encodeWithSelector(selector, SLOT_ROOT, shown), _state(_running()), witness);
    }

    /// @dev A witness of a load from slot 0's address in the space that the flags name.
    function _load(uint8 flags, uint256 depth) private returns (bytes32 state, bytes32 root, bytes memory witness) {
        bytes memory code = _setCode(_instruction(LOAD, flags, 1, 0, 0, 8));
        (bytes32 slotRoot, bytes memory slots) = _prove(_slots(0, 0, 0, 0), 0, SLOT_DEPTH);
        bytes memory proof;
        (root, proof) = _prove(_slots(1, 2, 3, 4), 0, depth);
        witness = bytes.concat(_head(_running()), code, _open(0, slots), _open(0, proof), MEM_ROOT, OUTPUT_ROOT);
        state = _hash(0, _running(), slotRoot, MEM_ROOT, OUTPUT_ROOT);
    }

    function test_step_refuses_whenTheInputDiffers() public {
        (bytes32 state, bytes32 root, bytes memory witness) = _load(2, IO_DEPTH);
        _refuse(abi.encodeWithSelector(IOneStep.WitnessInputDiffers.selector, bytes32(0), root), state, witness);
        program.inputRoot = root;
        (bytes32 slotRoot, ) = _prove(_slots(0, 2, 0, 0), 0, SLOT_DEPTH);
        Numbers memory next = _running();
        next.pc = 1;
        vm.assertEq(oneStep.step(state, program, witness), _hash(0, next, slotRoot, MEM_ROOT, OUTPUT_ROOT));
    }

    function test_step_refuses_whenTheDataDiffers() public {
        (bytes32 state, bytes32 root, bytes memory witness) = _load(6, 19);
        _refuse(abi.encodeWithSelector(IOneStep.WitnessDataDiffers.selector, bytes32(0), root), state, witness);
        program.dataRoot = root;
        oneStep.step(state, program, witness);
    }

    /// @dev Refuses what stands in the place of the opening of slots.
    function _refuseSlots(bytes memory reason, bytes memory slots) private {
        bytes memory code = _setCode(_instruction(MOV, 0, 1, 0, 0, 0));
        _refuse(reason, _state(_running()), bytes.concat(_head(_running()), code, slots));
    }

    function test_step_refuses_whenThereAreTooManyLeaves() public {
        _refuseSlots(abi.encodeWithSelector(IOneStep.WitnessTooManyLeaves.selector, 5, 4), hex"05");
        bytes memory code = _setCode(_instruction(LOAD, 2, 1, 0, 0, 8));
        bytes memory witness = bytes.concat(_head(_running()), code, NO_LEAF, hex"03");
        bytes4 selector = IOneStep.WitnessTooManyLeaves.selector;
        _refuse(abi.encodeWithSelector(selector, 3, 2), _state(_running()), witness);
    }

    function test_step_refuses_whenALeafIsOpenedTwice() public {
        _refuseSlots(abi.encodeWithSelector(IOneStep.WitnessLeafTwice.selector, 9), hex"03_00000004_0005_0000");
    }

    function test_step_refuses_whenALeafIsBehindTheLast() public {
        bytes4 selector = IOneStep.WitnessLeafOutOfRange.selector;
        _refuseSlots(abi.encodeWithSelector(selector, 1 << 15, SLOT_DEPTH), hex"01_00008000");
        _refuseSlots(abi.encodeWithSelector(selector, (1 << 15) + 1, SLOT_DEPTH), hex"02_00007fff_0002");
    }

    function test_step_refuses_whenAMaskIsTooLong() public {
        bytes memory proof = bytes.concat(bytes32(0), bytes8(uint64(1 << (SLOT_DEPTH + 2))));
        bytes4 selector = IOneStep.WitnessMaskTooLong.selector;
        _refuseSlots(abi.encodeWithSelector(selector, 4), _open(0, proof));
    }

    function test_step_refuses_whenALeafIsMissing() public {
        bytes memory witness = _closed(_setCode(_instruction(MOV, 0, 1, 9, 0, 0)));
        bytes4 selector = IOneStep.WitnessLeafMissing.selector;
        _refuse(abi.encodeWithSelector(selector, 2), _state(_running()), witness);
    }

    /// @notice The table of roots of zeros: a tree of every depth with nothing in it, given as a mask without bits.
    function test_step_knowsTheRootsOfZeros() public {
        bytes32 root = bytes32(0);
        bytes32[28] memory roots;
        for (uint256 height = 0; height < 28; ++height) {
            roots[height] = root;
            root = keccak256(abi.encode(root, root));
        }
        bytes memory empty = abi.encodePacked(bytes32(0), uint64(0));
        bytes memory code = _setCode(_instruction(LOAD, 0, 1, 0, 0, 8));
        for (uint256 depth = 11; depth <= 27; ++depth) {
            program.maxPages = uint32(1 << (depth - 11));
            bytes memory witness = bytes.concat(_head(_running()), code, _open(0, empty), _open(0, empty), OUTPUT_ROOT);
            Numbers memory next = _running();
            next.pc = 1;
            bytes32 state = _hash(0, _running(), roots[SLOT_DEPTH], roots[depth], OUTPUT_ROOT);
            bytes32 expected = _hash(0, next, roots[SLOT_DEPTH], roots[depth], OUTPUT_ROOT);
            vm.assertEq(oneStep.step(state, program, witness), expected);
        }
    }
}
