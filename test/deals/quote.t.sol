// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract QuoteTest is DealsTest {
    function test_quote_tellsWhatCreationChargesAndHowLongItLasts() public view {
        IDeals.Quote memory q = deals.quote(_terms(2), DEPOSIT);
        vm.assertEq(q.maximumRatePerEpoch, 2 * 2 * PRICE);
        vm.assertEq(q.minimumDeposit, MINIMUM);
        vm.assertEq(q.fundedEpochs, MIN_FUNDED);
        vm.assertEq(q.fundedThroughEpoch, FIRST_EPOCH + MIN_FUNDED);
    }

    function test_quote_endsWithTheTerms() public view {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = FIRST_EPOCH + MIN_FUNDED;
        IDeals.Quote memory q = deals.quote(terms, 10 * DEPOSIT);
        vm.assertEq(q.fundedEpochs, 10 * MIN_FUNDED);
        vm.assertEq(q.fundedThroughEpoch, FIRST_EPOCH + MIN_FUNDED);
    }

    function test_quote_tellsTheTips() public view {
        IDeals.Quote memory q = deals.quote(_tipTerms(), DEPOSIT + 2 * TIP);
        vm.assertEq(q.maximumRatePerEpoch, 2 * 2 * PRICE);
        vm.assertEq(q.minimumDeposit, MINIMUM + 2 * TIP);
        vm.assertEq(q.fundedEpochs, MIN_FUNDED);
        vm.assertEq(deals.quote(_tipTerms(), 2 * TIP - 1).fundedEpochs, 0);
    }

    function test_quote_reverts_whenTheTermsAreInvalid() public {
        IDeals.Terms memory terms = _terms(2);
        terms.moduleDigest = 0;
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTermsInvalid.selector, "moduleDigest"));
        deals.quote(terms, DEPOSIT);
    }

    /// @notice What the quote says is what happens, with all workers at the limit.
    function testFuzz_quote_keepsItsWord(uint16 units, uint80 limit, uint80 tip, uint32 extra) public {
        IDeals.Terms memory terms = _terms(1);
        terms.unitsPerWorker = uint16(_bound(units, 1, 100));
        terms.priceLimit = uint80(_bound(limit, 1, 1e12));
        terms.tipPerWorker = uint80(_bound(tip, 0, 1e12));
        uint256 deposit = deals.quote(terms, 0).minimumDeposit + _bound(extra, 0, 1e6);
        IDeals.Quote memory q = deals.quote(terms, deposit);
        vm.assume(q.fundedEpochs < 1000);
        deal = _createDeal(terms, deposit);
        _match(deal, terms, _newNode(provider1, terms.unitsPerWorker, terms.priceLimit));
        vm.assertEq(deals.getDeal(deal).fundedThroughEpoch, q.fundedThroughEpoch);
        _skipEpochs(q.fundedEpochs);
        vm.assertEq(deals.getDeal(deal).deal.insolventSince, 0);
        _skipEpochs(1);
        vm.assertEq(deals.getDeal(deal).deal.insolventSince, q.fundedThroughEpoch + 1);
    }
}
