// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract GetDealTest is DealsTest {
    function test_getDeal_followsADealThroughItsLife() public {
        _expect(IDeals.Status.Matching, type(uint256).max, DEPOSIT);
        _assignOne();
        uint256 funded = DEPOSIT / PRICE; // epochs
        _expect(IDeals.Status.Active, FIRST_EPOCH + funded, DEPOSIT - MIN_FUNDED * PRICE);
        _work(funded - MIN_FUNDED);
        _expect(IDeals.Status.Active, FIRST_EPOCH + funded, DEPOSIT % PRICE);
        _work(1);
        _expect(IDeals.Status.Underfunded, FIRST_EPOCH + funded, 0);
        _work(MIN_FUNDED - 1);
        _expect(IDeals.Status.Underfunded, FIRST_EPOCH + funded, 0);
        _work(1);
        _expect(IDeals.Status.Insolvent, FIRST_EPOCH + funded, 0);
        _work(MIN_FUNDED - 1);
        _expect(IDeals.Status.Insolvent, FIRST_EPOCH + funded, DEPOSIT % PRICE);
        _work(1);
        _expect(IDeals.Status.Ended, FIRST_EPOCH + funded, DEPOSIT % PRICE);
    }

    function test_getDeal_isMatching_whenTooFewWork() public {
        IDeals.Terms memory terms = _terms(2);
        terms.minWorkers = 2;
        deal = _createDeal(terms, DEPOSIT);
        deals.matchDeal(deal, terms, _candidates(_both()));
        vm.assertEq(uint256(deals.getDeal(deal).status), uint256(IDeals.Status.Active));
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        vm.assertEq(uint256(deals.getDeal(deal).status), uint256(IDeals.Status.Matching));
    }

    function test_getDeal_saysWhatATopUpBuys_whileInsolvent() public {
        _workUntilInsolvent();
        _fund(stranger, 2 * PRICE);
        vm.prank(stranger);
        deals.topUp(deal, 2 * PRICE);
        vm.assertEq(deals.getDeal(deal).fundedThroughEpoch, _epoch() + 2);
    }

    function test_getDeal_endsWithItsTerms() public {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = FIRST_EPOCH + 5;
        deal = _createDeal(terms, DEPOSIT);
        _match(deal, terms, node1);
        _expect(IDeals.Status.Active, FIRST_EPOCH + 5, DEPOSIT - MIN_FUNDED * PRICE);
        _work(5);
        _expect(IDeals.Status.Active, FIRST_EPOCH + 5, DEPOSIT - 5 * PRICE);
        _work(1);
        _expect(IDeals.Status.Ended, FIRST_EPOCH + 5, DEPOSIT - 5 * PRICE);
    }

    function test_getDeal_reverts_whenTheDealIsUnknown() public {
        deals.getDeal(_unknownDeal());
    }

    function _expect(IDeals.Status status, uint256 fundedThroughEpoch, uint256 withdrawable) private view {
        IDeals.DealView memory seen = deals.getDeal(deal);
        vm.assertEq(uint256(seen.status), uint256(status));
        vm.assertEq(seen.fundedThroughEpoch, fundedThroughEpoch);
        vm.assertEq(seen.withdrawable, withdrawable);
    }
}
