// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract QuoteNodeTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function test_quoteNode_tellsAll() public {
        _takeUnits(node, 3);
        _attend("operator");
        IRegistry.NodeQuote memory quote = registry.quoteNode(node, token);
        vm.assertEq(ProviderId.unwrap(quote.provider), ProviderId.unwrap(provider));
        vm.assertEq(quote.freeUnits, 5);
        vm.assertFalse(quote.retired);
        vm.assertTrue(quote.offerOn);
        vm.assertTrue(quote.attendedRecently);
        vm.assertEq(quote.askPerUnitEpoch, ASK);
        vm.assertEq(quote.changedEpoch, 0);
        vm.assertEq(abi.encode(quote.attributes), abi.encode(_attributes()));
    }

    function test_quoteNode_hasNoOffer_whenTokenIsAnother() public view {
        IRegistry.NodeQuote memory quote = registry.quoteNode(node, stranger);
        vm.assertFalse(quote.offerOn);
        vm.assertEq(quote.askPerUnitEpoch, 0);
    }

    /// The owner's last change of the node or of this offer; one of another offer doesn't count.
    function testFuzz_quoteNode_tellsTheLaterChange(uint16 nodeEpoch, uint16 offerEpoch) public {
        uint256 first = nodeEpoch < offerEpoch ? nodeEpoch : offerEpoch;
        uint256 last = nodeEpoch < offerEpoch ? offerEpoch : nodeEpoch;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 epoch = i == 0 ? first : last;
            vm.warp(GENESIS + epoch * EPOCH);
            vm.startPrank(owner);
            if (epoch == nodeEpoch) registry.changeNode(node, 9, _attributes());
            if (epoch == offerEpoch) registry.setOffer(node, token, ASK, true);
            vm.stopPrank();
        }
        vm.warp(GENESIS + (last + 1) * EPOCH);
        vm.prank(owner);
        registry.setOffer(node, stranger, ASK, true);
        vm.assertEq(registry.quoteNode(node, token).changedEpoch, last);
    }

    function test_quoteNode_isZero_whenUnknown() public view {
        IRegistry.NodeQuote memory empty;
        vm.assertEq(abi.encode(registry.quoteNode(NodeId.wrap(9), token)), abi.encode(empty));
    }

    /// "Recently" is this or the previous epoch, also where a word of the bitmap ends.
    function test_quoteNode_countsThisAndThePreviousEpoch() public {
        vm.assertFalse(registry.quoteNode(node, token).attendedRecently);
        for (uint32 epoch = 0; epoch <= 255; epoch += 255) {
            vm.warp(GENESIS + epoch * EPOCH);
            _attend("operator");
            vm.assertTrue(registry.quoteNode(node, token).attendedRecently);
            vm.warp(GENESIS + (epoch + 2) * EPOCH - 1);
            vm.assertTrue(registry.quoteNode(node, token).attendedRecently);
            vm.warp(GENESIS + (epoch + 2) * EPOCH);
            vm.assertFalse(registry.quoteNode(node, token).attendedRecently);
        }
    }
}
