// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PermitTest} from "./PermitTest.sol";

contract TopUpWithPermitTest is PermitTest {
    function test_topUpWithPermit_addsToTheBalance_withoutAllowance() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(500);
        vm.prank(payer);
        deals.topUpWithPermit(deal, 500, DEADLINE, v, r, s);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + 500);
    }

    function test_topUpWithPermit_succeeds_whenThePermitFailsAndTheAllowanceSuffices() public {
        vm.prank(payer);
        token.approve(address(deals), 500);
        vm.prank(payer);
        deals.topUpWithPermit(deal, 500, DEADLINE, 27, bytes32(uint256(1)), bytes32(uint256(2)));
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + 500);
    }

    /// Attack: whoever sees the call uses its permit first. The allowance is there by then.
    function test_topUpWithPermit_succeeds_whenSomeoneElseUsedThePermit() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(500);
        vm.prank(stranger);
        token.permit(payer, address(deals), 500, DEADLINE, v, r, s);
        vm.prank(payer);
        deals.topUpWithPermit(deal, 500, DEADLINE, v, r, s);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + 500);
    }

    /// Attack: a stranger has the payer's permit pay into a deal of his own.
    function test_topUpWithPermit_charges_theCallerNotTheSigner() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(500);
        vm.expectRevert();
        vm.prank(stranger);
        deals.topUpWithPermit(deal, 500, DEADLINE, v, r, s);
        vm.assertEq(token.balanceOf(payer), DEPOSIT);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT);
    }

    function testFuzz_topUpWithPermit_addsExactlyTheAmount(uint256 amount) public {
        amount = _bound(amount, 1, DEPOSIT);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(amount);
        vm.prank(payer);
        deals.topUpWithPermit(deal, amount, DEADLINE, v, r, s);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + amount);
        vm.assertEq(token.balanceOf(payer), DEPOSIT - amount);
    }

    function test_topUpWithPermit_reverts_whenTheDealIsUnknown() public {
        deals.topUpWithPermit(_unknownDeal(), 500, DEADLINE, 27, bytes32(uint256(1)), bytes32(uint256(2)));
    }
}
