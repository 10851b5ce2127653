// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {PermitTest} from "./PermitTest.sol";

contract CreateDealAndMatchWithPermitTest is PermitTest {
    function test_createDealAndMatchWithPermit_takesTheDepositAndMatches_withoutAllowance() public {
        (DealId made, bool matched) = _create(_terms(2));
        vm.assertTrue(matched);
        vm.assertEq(deals.getDeal(made).owner, payer);
        vm.assertEq(deals.getDeal(made).deal.balance, DEPOSIT);
        vm.assertEq(deals.getDeal(made).deal.workers, 2);
        vm.assertEq(token.balanceOf(payer), 0);
    }

    /// @notice Whoever sees the call and uses its permit first changes nothing: the allowance is there by then.
    function test_createDealAndMatchWithPermit_succeeds_whenSomeoneElseUsedThePermit() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.prank(stranger);
        token.permit(payer, address(deals), DEPOSIT, DEADLINE, v, r, s);
        vm.prank(payer);
        (DealId made, bool matched) = deals.createDealAndMatchWithPermit(
            _terms(2),
            DEPOSIT,
            candidates,
            DEADLINE,
            v,
            r,
            s
        );
        vm.assertTrue(matched);
        vm.assertEq(deals.getDeal(made).owner, payer);
        vm.assertEq(token.balanceOf(payer), 0);
    }

    /// @notice Nor can a stranger have the payer's permit pay for a deal of its own.
    function test_createDealAndMatchWithPermit_charges_theCallerNotTheSigner() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.expectRevert();
        vm.prank(stranger);
        deals.createDealAndMatchWithPermit(_terms(2), DEPOSIT, candidates, DEADLINE, v, r, s);
        vm.assertEq(token.balanceOf(payer), DEPOSIT);
        vm.assertEq(deals.dealCount(), 1);
    }

    function test_createDealAndMatchWithPermit_reverts_whenThePermitIsBadAndNothingIsAllowed() public {
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.expectRevert();
        vm.prank(payer);
        deals.createDealAndMatchWithPermit(
            _terms(2),
            DEPOSIT,
            candidates,
            DEADLINE,
            27,
            bytes32(uint256(1)),
            bytes32(uint256(2))
        );
    }

    function test_createDealAndMatchWithPermit_leavesTheDealWaiting_whenNobodyIsTaken() public {
        IDeals.Terms memory terms = _terms(2);
        terms.priceLimit = ASK - 1;
        (DealId made, bool matched) = _create(terms);
        vm.assertFalse(matched);
        vm.assertEq(deals.getDeal(made).deal.balance, DEPOSIT);
        vm.assertEq(deals.getDeal(made).deal.workers, 0);
    }

    function _create(IDeals.Terms memory terms) private returns (DealId, bool) {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.prank(payer);
        return deals.createDealAndMatchWithPermit(terms, DEPOSIT, candidates, DEADLINE, v, r, s);
    }
}
