// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract WithdrawTest is DealsTest {
    function test_withdraw_paysEverything_whileNobodyWorks() public {
        vm.assertEq(deals.getDeal(deal).withdrawable, DEPOSIT);
        vm.expectEmit(address(deals));
        emit IDeals.Withdrawn(deal, stranger, DEPOSIT);
        vm.prank(developer);
        deals.withdraw(deal, DEPOSIT, stranger);
        vm.assertEq(token.balanceOf(stranger), DEPOSIT);
        vm.assertEq(deals.getDeal(deal).deal.balance, 0);
    }

    function test_withdraw_leavesMinFundedEpochs_whileSomebodyWorks() public {
        _assignOne();
        uint256 most = DEPOSIT - MIN_FUNDED * PRICE;
        vm.assertEq(deals.getDeal(deal).withdrawable, most);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWithdrawTooLarge.selector, deal, most + 1, most));
        vm.prank(developer);
        deals.withdraw(deal, most + 1, developer);
        vm.prank(developer);
        deals.withdraw(deal, most, developer);
        vm.assertEq(token.balanceOf(developer), most);
    }

    function test_withdraw_leavesWhatTheRemainingEpochsCost_whenTheEndIsNear() public {
        _assignOne();
        _work(1);
        _match(deal, _terms(2), node2);
        vm.prank(developer);
        deals.stop(deal); // one more epoch, for node2
        vm.assertEq(deals.getDeal(deal).withdrawable, DEPOSIT - PRICE - 2 * PRICE);
    }

    function test_withdraw_paysEverything_onceTheLastEpochHasBegun() public {
        _assignOne();
        _work(2);
        vm.prank(developer);
        deals.stop(deal);
        uint256 left = DEPOSIT - 2 * PRICE;
        vm.prank(developer);
        deals.withdraw(deal, left, developer);
        vm.assertEq(token.balanceOf(developer), left);
        // what the worker earned is still there
        _skipEpochs(1);
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        vm.assertEq(token.balanceOf(owner1), 2 * (PRICE - FEE));
    }

    function test_withdraw_chargesFirst() public {
        _assignOne();
        _work(3);
        vm.expectEmit(address(deals));
        emit IDeals.EpochsDecided(deal, _epoch(), 3, 3 * PRICE);
        vm.prank(developer);
        deals.withdraw(deal, 1, developer);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - 3 * PRICE - 1);
    }

    function test_withdraw_reverts_whenTheCallerIsNotTheOwner() public {
        vm.expectRevert(_unauthorized(stranger, developer));
        vm.prank(stranger);
        deals.withdraw(deal, 1, stranger);
    }

    function test_withdraw_reverts_whenTheAmountIsZero() public {
        vm.expectRevert(IDeals.DealsZeroAmount.selector);
        vm.prank(developer);
        deals.withdraw(deal, 0, developer);
    }

    function test_withdraw_reverts_whenTheRecipientIsZero() public {
        vm.expectRevert(IDeals.DealsZeroAddress.selector);
        vm.prank(developer);
        deals.withdraw(deal, 1, address(0));
    }

    function test_withdraw_reverts_whenTheDealIsUnknown() public {
        deals.withdraw(_unknownDeal(), 1, developer);
    }
}
