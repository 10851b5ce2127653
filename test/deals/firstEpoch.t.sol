// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {Market} from "../lib/Market.sol";

/// @notice Epoch 0, before which there is none: what looks an epoch back finds nothing there.
contract FirstEpochTest is Market {
    NodeId private node;
    DealId private deal;
    address private owner;

    function setUp() public {
        _deployMarketIn(0);
        ProviderId provider;
        (provider, owner) = _newProvider("provider", 100);
        node = _newNode(provider, 10, ASK);
        deal = _createDeal(_terms(1), 1_000_000);
        _match(deal, _terms(1), node);
    }

    function test_epochZero_matches_andOwesNothingYet() public {
        vm.assertEq(_epoch(), 0);
        vm.assertEq(deals.getWorker(deal, node).firstEpoch, 1);
        vm.assertEq(deals.owed(deal, node).throughEpoch, 0);
        vm.assertEq(deals.missedEpochs(deal, node), 0);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingOwed.selector, owner, address(token)));
        vm.prank(owner);
        deals.claim(deal, node, type(uint32).max, owner);
    }

    function test_epochZero_paysFromEpochOne() public {
        _skipEpochs(1);
        _attend(node);
        vm.assertEq(deals.owed(deal, node).throughEpoch, 0, "epoch 1 is not over");
        _skipEpochs(1);
        vm.assertEq(deals.owed(deal, node).throughEpoch, 1);
        vm.prank(owner);
        vm.assertEq(deals.claim(deal, node, type(uint32).max, owner), (uint256(ASK) * UNITS * 99) / 100);
    }
}
