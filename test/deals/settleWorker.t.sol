// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract SettleWorkerTest is DealsTest {
    function test_settleWorker_creditsThePayout_forAnyone() public {
        _assignOne();
        _work(2);
        _skipEpochs(2);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerPaid(deal, node1, _epoch() - 1, 2 * (PRICE - FEE), 2 * FEE, PRICE, owner1, address(0));
        vm.prank(stranger);
        vm.assertEq(deals.settleWorker(deal, node1, EVER), 2 * (PRICE - FEE));
        vm.assertEq(deals.earnings(owner1, address(token)), 2 * (PRICE - FEE));
        vm.assertEq(deals.refunds(developer, address(token)), PRICE);
        vm.assertEq(deals.fees(address(token)), 2 * FEE);
        vm.assertEq(token.balanceOf(owner1), 0);
    }

    function test_settleWorker_creditsTheSame_inPieces() public {
        _assignOne();
        _work(5);
        uint256 owed = deals.owed(deal, node1).pay;
        for (uint32 epoch = FIRST_EPOCH + 1; epoch < _epoch(); ++epoch) deals.settleWorker(deal, node1, epoch);
        vm.assertEq(deals.earnings(owner1, address(token)), owed);
    }

    function test_settleWorker_reverts_whenNothingIsNew() public {
        _assignOne();
        _work(1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingOwed.selector, owner1, address(token)));
        deals.settleWorker(deal, node1, EVER);
    }

    function test_settleWorker_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        deals.settleWorker(deal, node1, EVER);
    }

    function test_settleWorker_reverts_whenTheDealIsUnknown() public {
        deals.settleWorker(_unknownDeal(), node1, EVER);
    }
}
