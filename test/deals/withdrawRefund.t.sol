// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract WithdrawRefundTest is DealsTest {
    function test_withdrawRefund_paysAll() public {
        _assignOne();
        _skipEpochs(4);
        deals.settleWorker(deal, node1, EVER);
        vm.expectEmit(address(deals));
        emit IDeals.RefundWithdrawn(developer, address(token), stranger, 3 * PRICE);
        vm.prank(developer);
        vm.assertEq(deals.withdrawRefund(address(token), stranger), 3 * PRICE);
        vm.assertEq(token.balanceOf(stranger), 3 * PRICE);
        vm.assertEq(deals.refunds(developer, address(token)), 0);
    }

    function test_withdrawRefund_reverts_whenThereIsNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingOwed.selector, developer, address(token)));
        vm.prank(developer);
        deals.withdrawRefund(address(token), developer);
    }

    function test_withdrawRefund_reverts_whenTheRecipientIsZero() public {
        vm.expectRevert(IDeals.DealsZeroAddress.selector);
        vm.prank(developer);
        deals.withdrawRefund(address(token), address(0));
    }
}
