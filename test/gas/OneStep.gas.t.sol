// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OneStepTest} from "../disputes/OneStepTest.sol";

/// @notice One step as a transaction, with every sibling given: trees that are full to the last leaf. docs/machine.md,
/// "On the chain". `npm run -s bench -- step` measures steps of real programs.
contract OneStepGasTest is OneStepTest {
    string private constant GROUP = "OneStep";
    uint256 private constant MEMORY_DEPTH = 17;

    function setUp() public override {
        super.setUp();
        program.maxPages = 64;
    }

    /// @notice EIP-170 allows 24,576.
    function test_size_leavesRoom() public {
        uint256 size = address(oneStep).code.length;
        vm.assertLe(size, 20_000);
        vm.snapshotValue(GROUP, "stepBytecodeBytes", size);
    }

    /// @dev A call, not a static one: that is a transaction of its own.
    function _measure(string memory name, bytes32 state, bytes memory witness) private {
        (bool done, ) = address(oneStep).call(abi.encodeCall(oneStep.step, (state, program, witness)));
        vm.assertTrue(done);
        vm.assertLe(vm.snapshotGasLastCall(GROUP, name), 100_000);
    }

    function test_gas_stepJump() public {
        bytes memory code = _setCode(_instruction(0x0c, 0, 0, 0, 0, 9));
        bytes32 slotRoot = keccak256("slots");
        bytes memory witness = bytes.concat(_head(_running()), code, hex"00", slotRoot, MEM_ROOT, OUTPUT_ROOT);
        _measure("stepJump", _hash(0, _running(), slotRoot, MEM_ROOT, OUTPUT_ROOT), witness);
    }

    function test_gas_stepAdd() public {
        bytes memory code = _setCode(_instruction(0x7c, 0, 2, 0, 1, 0));
        _measureOnSlots("stepAdd", code, _slots(7, 8, 9, 10));
    }

    /// @notice The operation of floats that takes the longest.
    function test_gas_stepSquareRoot() public {
        bytes memory code = _setCode(_instruction(0x9f, 0, 2, 0, 0, 0));
        _measureOnSlots("stepSquareRoot", code, _slots(7, 8, 9, 10));
    }

    function _measureOnSlots(string memory name, bytes memory code, bytes32 leaf) private {
        (bytes32 root, bytes memory slots) = _prove(leaf, 0, SLOT_DEPTH);
        bytes memory witness = bytes.concat(_head(_running()), code, _open(0, slots), MEM_ROOT, OUTPUT_ROOT);
        _measure(name, _hash(0, _running(), root, MEM_ROOT, OUTPUT_ROOT), witness);
    }

    function test_gas_stepLoadAndStore() public {
        (bytes32 root, bytes memory slots) = _prove(_slots(8, 99, 0, 0), 0, SLOT_DEPTH);
        (bytes32 mem, bytes memory proof) = _prove(_slots(1, 2, 3, 4), 0, MEMORY_DEPTH);
        bytes32 state = _hash(0, _running(), root, mem, OUTPUT_ROOT);
        bytes memory rest = bytes.concat(_open(0, slots), _open(0, proof), OUTPUT_ROOT);
        bytes memory load = _setCode(_instruction(0x29, 0, 1, 0, 0, 8));
        _measure("stepLoad", state, bytes.concat(_head(_running()), load, rest));
        bytes memory store = _setCode(_instruction(0x37, 0, 0, 0, 1, 8));
        _measure("stepStore", state, bytes.concat(_head(_running()), store, rest));
    }
}
