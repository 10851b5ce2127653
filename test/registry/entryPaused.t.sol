// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// While the guardian keeps the entry closed nothing new comes in, and everything else goes on.
contract EntryPausedTest is RegistryTest {
    NodeId internal node;
    uint48 internal until;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        until = uint48(GENESIS + 14 days);
    }

    function test_entryPaused_stopsRegisteringProviders() public {
        _expectPaused();
        vm.prank(stranger);
        registry.registerProvider(bytes32(0), stranger);
    }

    function test_entryPaused_stopsAddingNodes() public {
        (address operator, uint256 key) = _accountAndKey("new operator");
        bytes memory consent = _consent(key, provider, address(registry));
        _expectPaused();
        vm.prank(owner);
        registry.addNode(provider, operator, consent, 8, _attributes(), "", "", address(0), 0);
    }

    function test_entryPaused_stopsSwitchingOffersOn_butNotOff() public {
        vm.prank(owner);
        registry.setOffer(node, token, ASK, false);
        vm.assertFalse(registry.getOffer(node, token).on);
        _expectPaused();
        vm.prank(owner);
        registry.setOffer(node, token, ASK, true);
    }

    function test_entryPaused_stopsNothingElse() public {
        _attend("operator");
        vm.warp(GENESIS + EPOCH);
        IRegistry.Attendance[] memory items = new IRegistry.Attendance[](1);
        (, uint256 key) = _accountAndKey("operator");
        items[0] = _attendance(key, node, 1, address(registry), block.chainid);
        registry.attendAll(1, items);
        vm.assertTrue(registry.attended(node, 1));
        _takeUnits(node, 8);
        vm.prank(deals);
        registry.returnUnits(node, 8);
        vm.startPrank(owner);
        registry.setEndpoint(node, "peer", "https://elsewhere");
        registry.changeNode(node, 4, _attributes());
        registry.setAttributes(node, new bytes32[](0), new uint64[](0));
        registry.attest(node, "gpus", 1, type(uint64).max, 3);
        registry.revokeAttestation(node, "gpus");
        registry.requestPayoutChange(provider, stranger);
        registry.cancelPayoutChange(provider);
        registry.retireNode(node);
        vm.stopPrank();
        vm.assertTrue(registry.getNode(node).retired);
    }

    function test_entryPaused_endsByItself() public {
        vm.warp(until - 1);
        _expectPaused();
        vm.prank(stranger);
        registry.registerProvider(bytes32(0), stranger);
        vm.warp(until);
        vm.prank(stranger);
        registry.registerProvider(bytes32(0), stranger);
    }

    function test_entryPaused_endsWhenResumed() public {
        vm.prank(guardian);
        parameters.resumeEntry();
        vm.prank(stranger);
        registry.registerProvider(bytes32(0), stranger);
    }

    function _expectPaused() private {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryEntryPaused.selector, until));
    }
}
