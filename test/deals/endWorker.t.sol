// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract EndWorkerTest is DealsTest {
    function test_endWorker_byAnyone_onceTheNoticeIsOver() public {
        _assignOne();
        vm.prank(owner1);
        deals.resign(deal, node1);
        _work(NOTICE);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerEnded(deal, node1, IDeals.EndCause.Resigned, FIRST_EPOCH + NOTICE);
        vm.prank(stranger);
        deals.endWorker(deal, node1);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, FIRST_EPOCH + NOTICE);
        vm.assertEq(deals.getDeal(deal).deal.ratePerEpoch, 0);
    }

    function test_endWorker_byTheProvider_withoutNotice_whileTheDealIsInsolvent() public {
        _workUntilInsolvent();
        vm.expectEmit(address(deals));
        emit IDeals.WorkerEnded(deal, node1, IDeals.EndCause.LeftInsolvent, _epoch());
        vm.prank(owner1);
        deals.endWorker(deal, node1);
        // nobody works: nothing is owed, the deal may be matched and funded again
        vm.assertEq(deals.getDeal(deal).deal.ratePerEpoch, 0);
    }

    function test_endWorker_byTheProvider_beforeItsNoticeIsOver_whileTheDealIsInsolvent() public {
        _assignOne();
        _work(DEPOSIT / PRICE);
        vm.prank(owner1);
        deals.resign(deal, node1);
        _work(1);
        vm.prank(owner1);
        deals.endWorker(deal, node1);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, _epoch());
    }

    function test_endWorker_reverts_whenTheNoticeIsNotOver() public {
        _assignOne();
        vm.prank(owner1);
        deals.resign(deal, node1);
        _work(NOTICE - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNoticeNotOver.selector, deal, node1, FIRST_EPOCH + NOTICE));
        deals.endWorker(deal, node1);
    }

    function test_endWorker_reverts_whenNotResigned() public {
        _assignOne();
        _work(1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNotResigned.selector, deal, node1));
        vm.prank(stranger);
        deals.endWorker(deal, node1);
    }

    function test_endWorker_reverts_forAStranger_whileTheDealIsInsolvent() public {
        _workUntilInsolvent();
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNotResigned.selector, deal, node1));
        vm.prank(stranger);
        deals.endWorker(deal, node1);
    }

    function test_endWorker_reverts_forTheProvider_whileTheDealPays() public {
        _assignOne();
        _work(1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNotInsolvent.selector, deal));
        vm.prank(owner1);
        deals.endWorker(deal, node1);
    }

    function test_endWorker_reverts_beforeTheFirstEpoch() public {
        _assignOne();
        vm.expectPartialRevert(IDeals.DealsWorkerNotStarted.selector);
        vm.prank(owner1);
        deals.endWorker(deal, node1);
    }

    function test_endWorker_reverts_whenTheWorkerHasEnded() public {
        _assignOne();
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        vm.expectPartialRevert(IDeals.DealsWorkerEnded.selector);
        vm.prank(owner1);
        deals.endWorker(deal, node1);
    }

    function test_endWorker_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        deals.endWorker(deal, node1);
    }

    function test_endWorker_reverts_whenTheDealIsUnknown() public {
        deals.endWorker(_unknownDeal(), node1);
    }
}
