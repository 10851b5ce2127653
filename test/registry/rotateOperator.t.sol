// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract RotateOperatorTest is RegistryTest {
    NodeId internal node;
    address internal first = _account("first");
    address internal second = _account("second");
    address internal third = _account("third");

    function setUp() public override {
        super.setUp();
        node = _addNode("first");
        vm.warp(GENESIS + 10 * EPOCH);
    }

    function _rotate(string memory from, string memory to) internal {
        (address next, uint256 key) = _accountAndKey(to);
        address current = _account(from);
        bytes memory consent = _consent(key, provider, address(registry));
        vm.prank(owner);
        registry.rotateOperator(node, current, next, consent);
    }

    function _expectNotInForce(address operator, uint32 epoch) internal {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorNotInForce.selector, operator, epoch));
    }

    function test_rotateOperator_changesAtTheNextEpoch() public {
        vm.expectEmit(address(registry));
        emit IRegistry.OperatorRotated(node, first, second, 11);
        _rotate("first", "second");
        _expectNotInForce(second, 10);
        _attend("second");
        _attend("first");
        vm.warp(GENESIS + 11 * EPOCH);
        _expectNotInForce(first, 11);
        _attend("first");
        _attend("second");
        vm.assertTrue(registry.attended(node, 10) && registry.attended(node, 11));
    }

    function test_rotateOperator_keepsTheHistory() public {
        _rotate("first", "second");
        vm.warp(GENESIS + 20 * EPOCH);
        _rotate("second", "third");
        vm.assertTrue(registry.isOperator(node, first, 0) && registry.isOperator(node, first, 10));
        vm.assertFalse(registry.isOperator(node, first, 11) || registry.isOperator(node, second, 10));
        vm.assertTrue(registry.isOperator(node, second, 11) && registry.isOperator(node, second, 20));
        vm.assertFalse(registry.isOperator(node, second, 21));
        vm.assertTrue(registry.isOperator(node, third, 21));
        vm.assertFalse(registry.isOperator(NodeId.wrap(2), third, 21));
    }

    /// A key that was to begin next epoch is replaced in time: it never speaks for the node and is used up.
    function test_rotateOperator_replacesThePendingKey_whenRotatedTwiceInAnEpoch() public {
        _rotate("first", "second");
        _rotate("second", "third");
        _attend("first");
        for (uint32 epoch = 9; epoch < 13; ++epoch) vm.assertFalse(registry.isOperator(node, second, epoch));
        vm.warp(GENESIS + 11 * EPOCH);
        _expectNotInForce(second, 11);
        _attend("second");
        _attend("third");
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorUsed.selector, second, node));
        _rotate("third", "second");
    }

    /// @notice Ready for receipts: whatever the rotations, exactly one key spoke for the node in each epoch, and a key's own
    /// record says in which. Receipts of an epoch are of that key alone.
    function testFuzz_isOperator_isOneKeyInEachEpoch(uint8[3] memory gaps) public {
        string[4] memory names = ["first", "second", "third", "fourth"];
        uint32[5] memory begins;
        begins[4] = type(uint32).max;
        uint32 epoch = 10;
        for (uint256 i = 0; i < gaps.length; ++i) {
            epoch += gaps[i] % 3; // at 0 the key that was to begin is replaced before
            vm.warp(GENESIS + epoch * EPOCH);
            _rotate(names[i], names[i + 1]);
            begins[i + 1] = epoch + 1;
        }
        for (uint32 at = 10; at <= epoch + 1; ++at) {
            uint256 speaking = 0;
            for (uint256 i = 0; i < names.length; ++i) {
                bool expected = begins[i] <= at && at < begins[i + 1];
                vm.assertEq(registry.isOperator(node, _account(names[i]), at), expected);
                if (expected) ++speaking;
            }
            vm.assertEq(speaking, 1);
        }
        for (uint256 i = 0; i < names.length; ++i) {
            IRegistry.OperatorKey memory record = registry.getOperatorKey(_account(names[i]));
            vm.assertEq(record.fromEpoch, begins[i]);
            vm.assertEq(record.untilEpoch, begins[i + 1]);
        }
    }

    function test_rotateOperator_reverts_whenCurrentIsReplacedAlready() public {
        _rotate("first", "second");
        _expectNotInForce(first, 10);
        _rotate("first", "third");
    }

    function test_rotateOperator_reverts_whenCurrentIsOfAnotherNode() public {
        _addNode("other");
        _expectNotInForce(_account("other"), 10);
        _rotate("other", "second");
    }

    function test_rotateOperator_reverts_whenNextIsTheCurrent() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorUsed.selector, first, node));
        _rotate("first", "first");
    }

    function test_rotateOperator_reverts_whenNextSpeaksForAnotherNode() public {
        NodeId other = _addNode("other");
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorUsed.selector, _account("other"), other));
        _rotate("first", "other");
    }

    function test_rotateOperator_reverts_whenNextDidNotConsent() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorSignatureInvalid.selector, second));
        vm.prank(owner);
        registry.rotateOperator(node, first, second, new bytes(65));
    }

    function test_rotateOperator_reverts_whenConsentIsForAnotherProvider() public {
        (, uint256 key) = _accountAndKey("second");
        bytes memory consent = _consent(key, ProviderId.wrap(2), address(registry));
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorSignatureInvalid.selector, second));
        vm.prank(owner);
        registry.rotateOperator(node, first, second, consent);
    }

    /// The hot key alone cannot hand the node on.
    function test_rotateOperator_reverts_whenCallerIsTheOperator() public {
        _expectUnauthorized(first, owner);
        vm.prank(first);
        registry.rotateOperator(node, first, second, "");
    }

    function test_rotateOperator_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        _rotate("first", "second");
    }

    function test_rotateOperator_reverts_whenUnknown() public {
        _expectNode(IRegistry.RegistryNodeUnknown.selector, NodeId.wrap(9));
        registry.rotateOperator(NodeId.wrap(9), first, second, "");
    }
}
