// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract CollectFeesTest is DealsTest {
    function test_collectFees_paysTheTreasury_forAnyone() public {
        _assignOne();
        _work(3);
        deals.settleWorker(deal, node1, EVER);
        vm.expectEmit(address(deals));
        emit IDeals.FeesCollected(address(token), treasury, 2 * FEE);
        vm.prank(stranger);
        vm.assertEq(deals.collectFees(address(token)), 2 * FEE);
        vm.assertEq(token.balanceOf(treasury), 2 * FEE);
        vm.assertEq(deals.fees(address(token)), 0);
    }

    function test_collectFees_reverts_whenThereIsNothing() public {
        vm.expectPartialRevert(IDeals.DealsNothingOwed.selector);
        deals.collectFees(address(token));
    }
}
