// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract SetOfferTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function testFuzz_setOffer_storesAndEmits(address other, uint80 ask, bool on) public {
        vm.assume(other != address(0) && other != token);
        vm.expectEmit(address(registry));
        emit IRegistry.OfferSet(node, other, ask, on);
        vm.prank(owner);
        registry.setOffer(node, other, ask, on);
        vm.assertEq(abi.encode(registry.getOffer(node, other)), abi.encode(ask, on, 0));
        vm.assertEq(abi.encode(registry.getOffer(node, token)), abi.encode(ASK, true, 0));
    }

    /// Who set an offer in an epoch changed it in that epoch, even to what it was.
    function test_setOffer_keepsTheEpoch() public {
        vm.warp(GENESIS + 7 * EPOCH);
        vm.prank(owner);
        registry.setOffer(node, token, ASK, true);
        vm.assertEq(registry.getOffer(node, token).changedEpoch, 7);
        vm.assertEq(registry.getNode(node).changedEpoch, 0);
    }

    function test_setOffer_works_whenUnitsAreInUse() public {
        _takeUnits(node, 8);
        vm.prank(owner);
        registry.setOffer(node, token, 0, false);
        vm.assertFalse(registry.quoteNode(node, token).offerOn);
    }

    function test_setOffer_reverts_whenTokenIsZero() public {
        vm.expectRevert(IRegistry.RegistryZeroAddress.selector);
        vm.prank(owner);
        registry.setOffer(node, address(0), 1, true);
    }

    function test_setOffer_reverts_whenCallerIsNotOwner() public {
        _expectUnauthorized(stranger, owner);
        vm.prank(stranger);
        registry.setOffer(node, token, 1, true);
    }

    function test_setOffer_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        vm.prank(owner);
        registry.setOffer(node, token, 1, true);
    }

    function test_setOffer_reverts_whenUnknown() public {
        _expectNode(IRegistry.RegistryNodeUnknown.selector, NodeId.wrap(9));
        registry.setOffer(NodeId.wrap(9), token, 1, true);
    }
}
