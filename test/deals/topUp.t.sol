// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract TopUpTest is DealsTest {
    function test_topUp_addsToTheBalance_fromAnyone() public {
        _fund(stranger, 500);
        vm.expectEmit(address(deals));
        emit IDeals.Deposited(deal, stranger, 500);
        vm.prank(stranger);
        deals.topUp(deal, 500);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + 500);
        vm.assertEq(token.balanceOf(stranger), 0);
    }

    function test_topUp_resumesTheDeal_fromTheNextEpoch() public {
        _workUntilInsolvent();
        uint32 unfunded = _epoch();
        vm.assertEq(uint256(deals.getDeal(deal).status), uint256(IDeals.Status.Insolvent));
        _fund(stranger, 10 * PRICE);
        vm.prank(stranger);
        deals.topUp(deal, 10 * PRICE);
        vm.assertEq(uint256(deals.getDeal(deal).status), uint256(IDeals.Status.Insolvent));
        _work(2);
        vm.assertEq(uint256(deals.getDeal(deal).status), uint256(IDeals.Status.Active));
        // paid: all epochs but the unfunded one and the present one
        vm.assertEq(deals.owed(deal, node1).paidEpochs, _epoch() - FIRST_EPOCH - 2);
        vm.assertEq(deals.unfundedWord(deal, unfunded >> 8), uint256(1) << (unfunded & 255));
    }

    function test_topUp_reverts_whenTheAmountIsZero() public {
        vm.expectRevert(IDeals.DealsZeroAmount.selector);
        deals.topUp(deal, 0);
    }

    function test_topUp_reverts_whenTheDealIsUnknown() public {
        deals.topUp(_unknownDeal(), 1);
    }

    function test_topUp_reverts_whenNoEpochIsLeft() public {
        vm.prank(developer);
        deals.stop(deal);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, _epoch()));
        deals.topUp(deal, 1);
    }

    function test_topUp_reverts_whenNothingIsAllowed() public {
        token.mint(stranger, 500);
        vm.expectRevert();
        vm.prank(stranger);
        deals.topUp(deal, 500);
    }
}
