// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice For each function of Registry that has no fuzz test beside its others: any caller, number or second.
contract RegistryFuzzTest is RegistryTest {
    NodeId private node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function testFuzz_registerProvider_onceForEachOwner(address other, bytes32 metadata, address to) public {
        vm.assume(other != owner && other != address(0) && to != address(0));
        vm.startPrank(other);
        ProviderId made = registry.registerProvider(metadata, to);
        vm.assertEq(registry.ownerOf(made), other);
        vm.assertEq(registry.payoutOf(made), to);
        vm.expectRevert();
        registry.registerProvider(metadata, to);
        vm.stopPrank();
        vm.assertEq(registry.providerCount(), 2);
    }

    function testFuzz_bind_onceByTheBinder(address other) public {
        vm.assume(other != address(0) && other != address(this));
        IRegistry fresh = _newRegistry(parameters, address(this), GENESIS, EPOCH);
        _expectUnauthorized(other, address(this));
        vm.prank(other);
        fresh.bind(other);
        fresh.bind(other);
        vm.assertEq(fresh.deals(), other);
    }

    function testFuzz_changeNode_storesWhatItIsGiven(uint16 units, uint16 cores, uint16 memoryGiB) public {
        units = uint16(_bound(units, 1, type(uint16).max));
        IRegistry.Attributes memory attributes = _attributes();
        (attributes.cores, attributes.memoryGiB) = (cores, memoryGiB);
        vm.prank(owner);
        registry.changeNode(node, units, attributes);
        IRegistry.Node memory stored = registry.getNode(node);
        vm.assertEq(stored.units, units);
        vm.assertEq(abi.encode(stored.attributes), abi.encode(attributes));
        vm.assertEq(stored.revision, 2);
    }

    function testFuzz_takeUnits_returnUnits_keepToWhatThereIs(uint16 taken, uint16 returned) public {
        taken = uint16(_bound(taken, 1, 8));
        _takeUnits(node, taken);
        if (returned > taken) vm.expectPartialRevert(IRegistry.RegistryUnitsShort.selector);
        vm.prank(deals);
        registry.returnUnits(node, returned);
        vm.assertEq(registry.getNode(node).unitsInUse, returned > taken ? taken : taken - returned);
    }

    /// The owner's calls are the owner's alone.
    function testFuzz_retireNode_setEndpoint_changeNode_byTheOwnerAlone(address other) public {
        vm.assume(other != owner);
        vm.startPrank(other);
        _expectUnauthorized(other, owner);
        registry.retireNode(node);
        _expectUnauthorized(other, owner);
        registry.setEndpoint(node, "peer", "endpoint");
        _expectUnauthorized(other, owner);
        registry.changeNode(node, 1, _attributes());
        _expectUnauthorized(other, owner);
        registry.requestPayoutChange(provider, other);
        vm.stopPrank();
        vm.prank(owner);
        registry.retireNode(node);
        vm.assertTrue(registry.getNode(node).retired);
    }

    function testFuzz_setEndpoint_tellsAnyText(string calldata peerId, string calldata endpoint) public {
        vm.expectEmit(address(registry));
        emit IRegistry.NodeEndpointSet(node, peerId, endpoint);
        vm.prank(owner);
        registry.setEndpoint(node, peerId, endpoint);
    }

    function testFuzz_rotateOperator_changesWithTheNextEpoch(uint256 second) public {
        second = _bound(second, 0, EPOCH - 1);
        vm.warp(GENESIS + 10 * EPOCH + second);
        (address next, uint256 key) = _accountAndKey("next");
        bytes memory consent = _consent(key, provider, address(registry));
        address current = _account("operator");
        vm.prank(owner);
        registry.rotateOperator(node, current, next, consent);
        for (uint32 epoch = 9; epoch <= 12; ++epoch) {
            vm.assertEq(registry.isOperator(node, current, epoch), epoch <= 10);
            vm.assertEq(registry.isOperator(node, next, epoch), epoch > 10);
        }
    }

    /// The change is in force from the second in which the thaw is over, and can be cancelled until then.
    function testFuzz_requestPayoutChange_cancelPayoutChange_atAnySecond(uint256 waited, bool byOwner) public {
        waited = _bound(waited, 0, 2 * THAW);
        vm.prank(owner);
        registry.requestPayoutChange(provider, stranger);
        _skip(waited);
        bool due = waited >= THAW;
        vm.assertEq(registry.payoutOf(provider), due ? stranger : payout);
        // once it is due the former payout address has no say
        if (due && byOwner)
            vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryNoPayoutChange.selector, provider));
        else if (due) vm.expectRevert();
        vm.prank(byOwner ? owner : payout);
        registry.cancelPayoutChange(provider);
        _skip(THAW);
        vm.assertEq(registry.payoutOf(provider), due ? stranger : payout);
    }
}
