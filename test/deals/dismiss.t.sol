// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract DismissTest is DealsTest {
    function test_dismiss_makesThisEpochTheLast() public {
        _assignBoth();
        _work(1);
        uint32 last = _epoch();
        vm.expectEmit(address(deals));
        emit IDeals.WorkerEnded(deal, node1, IDeals.EndCause.Dismissed, last);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, last);
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
        vm.assertEq(deals.getDeal(deal).deal.ratePerEpoch, PRICE);
        _work(3);
        vm.assertEq(deals.owed(deal, node1).paidEpochs, 1);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - 2 * PRICE - 3 * PRICE);
    }

    function test_dismiss_opensTheDeal_forAnotherMatch() public {
        _assignBoth();
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node2);
        _match(deal, _terms(2), _newNode(provider2, 10, ASK));
        vm.assertEq(deals.getDeal(deal).deal.workers, 2);
    }

    function test_dismiss_reverts_whenTheCallerIsNotTheOwner() public {
        _assignOne();
        _work(1);
        vm.expectRevert(_unauthorized(owner1, developer));
        vm.prank(owner1);
        deals.dismiss(deal, node1);
    }

    function test_dismiss_reverts_beforeTheFirstEpoch() public {
        _assignOne();
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerNotStarted.selector, deal, node1, FIRST_EPOCH + 1));
        vm.prank(developer);
        deals.dismiss(deal, node1);
    }

    function test_dismiss_reverts_whenTheWorkerHasEnded() public {
        _assignOne();
        _work(1);
        vm.startPrank(developer);
        deals.dismiss(deal, node1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerEnded.selector, deal, node1, FIRST_EPOCH + 1));
        deals.dismiss(deal, node1);
        vm.stopPrank();
    }

    function test_dismiss_reverts_whenTheDealHasEnded() public {
        _assignOne();
        _work(1);
        vm.prank(developer);
        deals.stop(deal);
        _work(1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerEnded.selector, deal, node1, FIRST_EPOCH + 1));
        vm.prank(developer);
        deals.dismiss(deal, node1);
    }

    function test_dismiss_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
    }

    function test_dismiss_reverts_whenTheDealIsUnknown() public {
        deals.dismiss(_unknownDeal(), node1);
    }
}
