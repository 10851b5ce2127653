// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract StopTest is DealsTest {
    function test_stop_endsTheDealWithThisEpoch() public {
        _assignOne();
        _work(2);
        uint32 last = _epoch();
        vm.expectEmit(address(deals));
        emit IDeals.DealEnded(deal, last, false);
        vm.prank(developer);
        deals.stop(deal);
        vm.assertEq(uint256(deals.getDeal(deal).status), uint256(IDeals.Status.Active));
        _work(3);
        vm.assertEq(uint256(deals.getDeal(deal).status), uint256(IDeals.Status.Ended));
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - 2 * PRICE);
        vm.assertEq(deals.getDeal(deal).fundedThroughEpoch, last);
        vm.assertEq(deals.owed(deal, node1).paidEpochs, 2);
        vm.assertEq(deals.owed(deal, node1).throughEpoch, last);
    }

    function test_stop_leavesTheFirstEpoch_toAWorkerAssignedInThisOne() public {
        _assignOne();
        vm.expectEmit(address(deals));
        emit IDeals.DealEnded(deal, FIRST_EPOCH + 1, false);
        vm.prank(developer);
        deals.stop(deal);
        _work(3);
        vm.assertEq(deals.owed(deal, node1).pay, PRICE - FEE);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - PRICE);
    }

    function test_stop_cutsShort_aDealWithAnEnd() public {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = _epoch() + 50;
        deal = _createDeal(terms, DEPOSIT);
        _skipEpochs(5);
        vm.prank(developer);
        deals.stop(deal);
        vm.assertEq(deals.getDeal(deal).deal.endEpoch, _epoch());
    }

    function test_stop_reverts_whenTheDealEndsAnyway() public {
        vm.prank(developer);
        deals.stop(deal);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, _epoch()));
        vm.prank(developer);
        deals.stop(deal);
        uint32 last = _epoch();
        _skipEpochs(5);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, last));
        vm.prank(developer);
        deals.stop(deal);
    }

    function test_stop_reverts_whenCalledTwiceAfterAMatch() public {
        _assignOne();
        vm.prank(developer);
        deals.stop(deal);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, FIRST_EPOCH + 1));
        vm.prank(developer);
        deals.stop(deal);
    }

    function test_stop_reverts_whenTheCallerIsNotTheOwner() public {
        vm.expectRevert(_unauthorized(stranger, developer));
        vm.prank(stranger);
        deals.stop(deal);
    }

    function test_stop_reverts_whenTheDealIsUnknown() public {
        deals.stop(_unknownDeal());
    }
}
