// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract AttendTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function test_attend_marksNodeAndNetwork() public {
        vm.warp(GENESIS + 300 * EPOCH);
        vm.expectEmit(address(registry));
        emit IRegistry.NodeAttended(node, 300);
        _attend("operator");
        vm.assertTrue(registry.attended(node, 300));
        vm.assertFalse(registry.attended(node, 299) || registry.attended(node, 301));
        vm.assertEq(registry.attendedWord(node, 1), 1 << 44);
        vm.assertEq(registry.networkAttendedWord(1), 1 << 44);
    }

    function test_attend_keepsNodesApart() public {
        NodeId other = _addNode("other");
        _attend("operator");
        vm.assertFalse(registry.attended(other, 0));
        _attend("other");
        vm.assertTrue(registry.attended(other, 0));
        vm.assertEq(registry.networkAttendedWord(0), 1);
    }

    function test_attend_reverts_whenMarkedAlready() public {
        _attend("operator");
        vm.warp(GENESIS + EPOCH - 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryAlreadyAttended.selector, node, 0));
        _attend("operator");
        vm.warp(GENESIS + EPOCH);
        _attend("operator");
        vm.assertEq(registry.attendedWord(node, 0), 3);
    }

    function test_attend_reverts_whenKeyIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorNotInForce.selector, stranger, 0));
        _attend("stranger");
    }

    function test_attend_reverts_whenCallerIsTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorNotInForce.selector, owner, 0));
        _attend("owner");
    }

    function test_attend_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        _attend("operator");
    }

    function testFuzz_attend_setsExactlyTheBitsOfTheEpochs(uint256 choice) public {
        uint256 expected;
        for (uint32 epoch = 0; epoch < 16; ++epoch) {
            vm.warp(GENESIS + epoch * EPOCH + (uint8(choice >> epoch) % EPOCH));
            if ((choice >> epoch) & 1 == 0) continue;
            _attend("operator");
            expected |= 1 << epoch;
        }
        vm.assertEq(registry.attendedWord(node, 0), expected);
        vm.assertEq(registry.networkAttendedWord(0), expected);
    }
}
