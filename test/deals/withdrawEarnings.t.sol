// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract WithdrawEarningsTest is DealsTest {
    function test_withdrawEarnings_paysAll() public {
        _assignOne();
        _work(3);
        uint256 pay = deals.settleWorker(deal, node1, EVER);
        vm.expectEmit(address(deals));
        emit IDeals.EarningsWithdrawn(owner1, address(token), stranger, pay);
        vm.prank(owner1);
        vm.assertEq(deals.withdrawEarnings(address(token), stranger), pay);
        vm.assertEq(token.balanceOf(stranger), pay);
        vm.assertEq(deals.earnings(owner1, address(token)), 0);
    }

    function test_withdrawEarnings_reverts_whenThereIsNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingOwed.selector, stranger, address(token)));
        vm.prank(stranger);
        deals.withdrawEarnings(address(token), stranger);
    }

    function test_withdrawEarnings_reverts_whenTheRecipientIsZero() public {
        vm.expectRevert(IDeals.DealsZeroAddress.selector);
        vm.prank(owner1);
        deals.withdrawEarnings(address(token), address(0));
    }
}
