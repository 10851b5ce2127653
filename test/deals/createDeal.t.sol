// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract CreateDealTest is DealsTest {
    function test_createDeal_takesTheDeposit() public {
        _fund(developer, DEPOSIT);
        vm.prank(developer);
        DealId created = deals.createDeal(_terms(2), DEPOSIT);

        vm.assertEq(DealId.unwrap(created), 2);
        vm.assertEq(deals.dealCount(), 2);
        vm.assertEq(token.balanceOf(address(deals)), 2 * DEPOSIT);
        IDeals.DealView memory seen = deals.getDeal(created);
        vm.assertEq(seen.owner, developer);
        vm.assertEq(seen.termsHash, deals.hashTerms(_terms(2)));
        vm.assertEq(uint256(seen.status), uint256(IDeals.Status.Matching));
        vm.assertEq(seen.deal.paymentToken, address(token));
        vm.assertEq(seen.deal.balance, DEPOSIT);
        vm.assertEq(seen.deal.feeBps, FEE_BPS);
        vm.assertEq(seen.deal.minFundedEpochs, MIN_FUNDED);
        vm.assertEq(seen.deal.unitsPerWorker, UNITS);
        vm.assertEq(seen.deal.minWorkers, 1);
        vm.assertEq(seen.deal.targetWorkers, 2);
        vm.assertEq(seen.deal.settledEpoch, _epoch());
    }

    function test_createDeal_emits() public {
        _fund(developer, DEPOSIT);
        vm.expectEmit(address(deals));
        emit IDeals.DealCreated(DealId.wrap(2), developer, FEE_BPS, MIN_FUNDED, 0, _epoch(), _terms(2));
        vm.expectEmit(address(deals));
        emit IDeals.Deposited(DealId.wrap(2), developer, DEPOSIT);
        vm.prank(developer);
        deals.createDeal(_terms(2), DEPOSIT);
    }

    function test_createDeal_reverts_whenDepositIsTooSmall() public {
        _fund(developer, MINIMUM);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsDepositTooSmall.selector, MINIMUM - 1, MINIMUM));
        vm.prank(developer);
        deals.createDeal(_terms(2), MINIMUM - 1);
    }

    function test_createDeal_succeeds_withExactlyTheQuote() public {
        uint256 minimum = deals.quote(_terms(2), 0).minimumDeposit;
        vm.assertEq(minimum, MINIMUM);
        _createDeal(_terms(2), minimum);
    }

    function test_createDeal_reverts_whenNothingIsAllowed() public {
        token.mint(stranger, DEPOSIT);
        vm.expectRevert();
        vm.prank(stranger);
        deals.createDeal(_terms(2), DEPOSIT);
    }

    function test_createDeal_keepsTheFee_whenTheParameterChangesLater() public {
        vm.prank(admin);
        parameters.setProtocolFeeBps(500);
        vm.assertEq(deals.getDeal(deal).deal.feeBps, FEE_BPS);
        vm.assertEq(deals.getDeal(_createDeal(_terms(2), DEPOSIT)).deal.feeBps, 500);
    }

    function test_createDeal_reverts_whenAFieldIsInvalid() public {
        IDeals.Terms memory terms = _terms(2);
        terms.paymentToken = address(0);
        _refused(terms, "paymentToken");
        terms = _terms(2);
        terms.moduleDigest = 0;
        _refused(terms, "moduleDigest");
        terms = _terms(2);
        terms.unitsPerWorker = 0;
        _refused(terms, "unitsPerWorker");
        terms.unitsPerWorker = 257;
        _refused(terms, "unitsPerWorker");
        terms = _terms(2);
        terms.minWorkers = 0;
        _refused(terms, "minWorkers");
        terms.minWorkers = 3;
        _refused(terms, "targetWorkers");
        terms = _terms(2);
        terms.maxWorkers = 1;
        _refused(terms, "maxWorkers");
        terms.maxWorkers = 33;
        _refused(terms, "maxWorkers");
        terms = _terms(2);
        terms.maxWorkersPerProvider = 0;
        _refused(terms, "maxWorkersPerProvider");
    }

    function test_createDeal_reverts_whenAPriceIsInvalid() public {
        IDeals.Terms memory terms = _terms(2);
        terms.priceLimit = 0;
        terms.minimumAsk = 0;
        _refused(terms, "priceLimit");
        // 32 workers of 2 units: the greatest rate is 64 times the limit
        terms.priceLimit = type(uint80).max / 64 + 1;
        _refused(terms, "priceLimit");
        terms.priceLimit = 5;
        terms.minimumAsk = 6;
        _refused(terms, "minimumAsk");
        // a worker's price has 72 bits, whatever its deal's rate has room for
        terms = _terms(1);
        terms.unitsPerWorker = 1;
        terms.maxWorkers = 1;
        terms.priceLimit = uint80(type(uint72).max) + 1;
        _refused(terms, "priceLimit");
        terms.priceLimit = type(uint72).max;
        _createDeal(terms, MIN_FUNDED * uint256(terms.priceLimit));
    }

    /// @notice 2^80 - 1 is 255 * 11 times something: a rate that fits to the last unit, and one that does not.
    function test_createDeal_takesTheGreatestRateThatFits() public {
        IDeals.Terms memory terms = _terms(1);
        terms.unitsPerWorker = 255;
        terms.maxWorkers = 11;
        terms.priceLimit = type(uint80).max / (255 * 11);
        vm.assertEq(uint256(terms.priceLimit) * 255 * 11, type(uint80).max);
        _createDeal(terms, MIN_FUNDED * uint256(terms.priceLimit) * 255);
        ++terms.priceLimit;
        _refused(terms, "priceLimit");
    }

    function test_createDeal_reverts_whenTheToleranceIsInvalid() public {
        IDeals.Terms memory terms = _terms(2);
        terms.priceToleranceBps = 10_001;
        _refused(terms, "priceToleranceBps");
        terms.priceToleranceBps = 10_000;
        _createDeal(terms, DEPOSIT);
    }

    function test_createDeal_costsTheTips() public {
        IDeals.Terms memory terms = _tipTerms();
        _fund(developer, MINIMUM + 2 * TIP);
        vm.prank(developer);
        vm.expectRevert(
            abi.encodeWithSelector(IDeals.DealsDepositTooSmall.selector, MINIMUM + 2 * TIP - 1, MINIMUM + 2 * TIP)
        );
        deals.createDeal(terms, MINIMUM + 2 * TIP - 1);
        _createDeal(terms, MINIMUM + 2 * TIP);
    }

    function test_createDeal_reverts_whenTheEndIsTooNear() public {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = _epoch() + MIN_FUNDED - 1;
        _refused(terms, "endEpoch");
        terms.endEpoch = _epoch() + MIN_FUNDED;
        _createDeal(terms, DEPOSIT);
    }

    function test_createDeal_reverts_whenAListIsInvalid() public {
        IDeals.Terms memory terms = _terms(2);
        terms.constraints = new IDeals.Constraint[](9);
        _refused(terms, "constraints");
        terms.constraints = new IDeals.Constraint[](8);
        _createDeal(terms, DEPOSIT);
        terms.providers = new ProviderId[](1);
        _refused(terms, "providers"); // a list that no mode reads
        terms.listMode = IDeals.ListMode.Allow;
        terms.providers = new ProviderId[](0);
        _refused(terms, "providers"); // a mode without a list
        terms.providers = new ProviderId[](65);
        _refused(terms, "providers");
        terms.providers = new ProviderId[](64);
        _createDeal(terms, DEPOSIT);
    }

    function test_createDeal_reverts_whenAConstraintsAttributeIsNone() public {
        IDeals.Terms memory terms = _terms(2);
        bytes32[3] memory none = [bytes32(uint256(6)), bytes32((uint256(1) << 248) - 1), bytes32(uint256(1) << 247)];
        for (uint256 i = 0; i < none.length; ++i) {
            terms.constraints[0].attribute = none[i];
            _refused(terms, "constraints");
        }
        bytes32[3] memory some = [bytes32(uint256(5)), bytes32(uint256(1) << 248), bytes32("gpu")];
        for (uint256 i = 0; i < some.length; ++i) {
            terms.constraints[0].attribute = some[i];
            _createDeal(terms, DEPOSIT);
        }
        // the last of eight is looked at, too
        terms.constraints = new IDeals.Constraint[](8);
        terms.constraints[7].attribute = none[0];
        _refused(terms, "constraints");
    }

    /// @notice With a function commitment the window of disputes is the deal's from its creation on.
    function test_createDeal_fixesTheDisputeWindow_withAFunctionCommitment() public {
        vm.assertEq(deals.getDeal(deal).disputeWindow, 0);
        IDeals.Terms memory terms = _committedTerms();
        _fund(developer, DEPOSIT);
        vm.expectEmit(address(deals));
        emit IDeals.DealCreated(DealId.wrap(2), developer, FEE_BPS, MIN_FUNDED, DISPUTE_WINDOW, _epoch(), terms);
        vm.prank(developer);
        DealId created = deals.createDeal(terms, DEPOSIT);
        vm.prank(admin);
        parameters.setDisputeWindow(5);
        vm.assertEq(deals.getDeal(created).disputeWindow, DISPUTE_WINDOW);
        vm.assertEq(deals.getDeal(_createDeal(terms, DEPOSIT)).disputeWindow, 5);
        vm.assertEq(deals.getDeal(deal).disputeWindow, 0);
    }

    function _refused(IDeals.Terms memory terms, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTermsInvalid.selector, field));
        vm.prank(developer);
        deals.createDeal(terms, type(uint80).max);
    }
}
