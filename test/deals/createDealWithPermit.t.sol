// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {PermitTest} from "./PermitTest.sol";

contract CreateDealWithPermitTest is PermitTest {
    function test_createDealWithPermit_takesTheDeposit_withoutAllowance() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        vm.prank(payer);
        DealId created = deals.createDealWithPermit(_terms(2), DEPOSIT, DEADLINE, v, r, s);
        vm.assertEq(deals.getDeal(created).owner, payer);
        vm.assertEq(deals.getDeal(created).deal.balance, DEPOSIT);
        vm.assertEq(token.balanceOf(payer), 0);
    }

    function test_createDealWithPermit_succeeds_whenSomeoneElseUsedThePermit() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        vm.prank(stranger);
        token.permit(payer, address(deals), DEPOSIT, DEADLINE, v, r, s);
        vm.prank(payer);
        deals.createDealWithPermit(_terms(2), DEPOSIT, DEADLINE, v, r, s);
        vm.assertEq(token.balanceOf(payer), 0);
    }

    function test_createDealWithPermit_reverts_whenThePermitIsBadAndNothingIsAllowed() public {
        vm.expectRevert();
        vm.prank(payer);
        deals.createDealWithPermit(_terms(2), DEPOSIT, DEADLINE, 27, bytes32(uint256(1)), bytes32(uint256(2)));
    }

    function test_createDealWithPermit_charges_theCallerNotTheSigner() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        vm.expectRevert();
        vm.prank(stranger);
        deals.createDealWithPermit(_terms(2), DEPOSIT, DEADLINE, v, r, s);
        vm.assertEq(token.balanceOf(payer), DEPOSIT);
    }

    function test_createDealWithPermit_reverts_whenTheTokenIsNoContract() public {
        IDeals.Terms memory terms = _terms(2);
        terms.paymentToken = stranger;
        vm.expectRevert();
        vm.prank(payer);
        deals.createDealWithPermit(terms, DEPOSIT, DEADLINE, 27, bytes32(uint256(1)), bytes32(uint256(2)));
    }
}
