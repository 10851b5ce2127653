// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract ClaimTest is DealsTest {
    function test_claim_pays_forEpochsFundedAttendedAndCompleted() public {
        _assignOne();
        _work(3); // the third is not over
        vm.expectEmit(address(deals));
        emit IDeals.WorkerPaid(deal, node1, _epoch() - 1, 2 * (PRICE - FEE), 2 * FEE, 0, owner1, stranger);
        vm.prank(owner1);
        uint256 pay = deals.claim(deal, node1, EVER, stranger);
        vm.assertEq(pay, 2 * (PRICE - FEE));
        vm.assertEq(token.balanceOf(stranger), pay);
        vm.assertEq(deals.fees(address(token)), 2 * FEE);
        vm.assertEq(deals.getWorker(deal, node1).settledEpoch, _epoch() - 1);
    }

    function test_claim_credits_whatWasMissed_toTheDealsOwner() public {
        _assignOne();
        _work(1);
        _skipEpochs(2);
        vm.prank(owner1);
        uint256 pay = deals.claim(deal, node1, EVER, owner1);
        vm.assertEq(pay, PRICE - FEE);
        vm.assertEq(deals.refunds(developer, address(token)), PRICE);
        // the running balance is charged all the same
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - 3 * PRICE);
    }

    function test_claim_paysNothing_whenAllWasMissed_andMovesOn() public {
        _assignOne();
        _skipEpochs(3);
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), 0);
        vm.assertEq(deals.refunds(developer, address(token)), 2 * PRICE);
        vm.assertEq(deals.getWorker(deal, node1).settledEpoch, FIRST_EPOCH + 2);
    }

    function test_claim_stops_atTheGivenEpoch() public {
        _assignOne();
        _work(4);
        vm.startPrank(owner1);
        vm.assertEq(deals.claim(deal, node1, FIRST_EPOCH + 1, owner1), PRICE - FEE);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), 2 * (PRICE - FEE));
        vm.stopPrank();
    }

    function test_claim_paysNothing_forEpochsNotFunded() public {
        _workUntilInsolvent();
        _work(1);
        uint256 funded = DEPOSIT / PRICE;
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), funded * (PRICE - FEE));
        vm.assertEq(deals.refunds(developer, address(token)), 0);
    }

    function test_claim_givesTheSame_whetherTheDealWasSettledBeforeOrNot() public {
        _workUntilInsolvent();
        _work(1);
        uint256 snapshot = vm.snapshotState();
        vm.prank(owner1);
        uint256 unsettled = deals.claim(deal, node1, EVER, owner1);
        vm.revertToState(snapshot);
        _fund(stranger, 1);
        vm.prank(stranger);
        deals.topUp(deal, 1); // settles
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), unsettled);
    }

    /// @notice Each is remembered, also where several are in one word.
    function test_claim_paysForNone_ofSeveralRunsOfUnfundedEpochs() public {
        _workUntilInsolvent(); // the first epoch that is not funded has begun
        for (uint256 funded = 1; funded <= 2; ++funded) {
            _fund(developer, funded * PRICE);
            vm.prank(developer);
            deals.topUp(deal, funded * PRICE);
            _work(funded + 1);
        }
        vm.assertLt(_epoch(), 1024); // all in one word
        _work(1);
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), (DEPOSIT / PRICE + 3) * (PRICE - FEE));
        vm.assertEq(deals.refunds(developer, address(token)), 0);
    }

    function test_claim_paysAWorker_whoseDealEndedForWantOfMoney() public {
        _workUntilInsolvent();
        _work(20);
        uint32 lastFunded = FIRST_EPOCH + uint32(DEPOSIT / PRICE);
        IDeals.DealView memory seen = deals.getDeal(deal);
        vm.assertEq(uint256(seen.status), uint256(IDeals.Status.Ended));
        vm.assertEq(seen.deal.endEpoch, lastFunded + MIN_FUNDED);
        vm.assertEq(seen.fundedThroughEpoch, lastFunded);
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), (DEPOSIT / PRICE) * (PRICE - FEE));
        vm.assertEq(deals.getWorker(deal, node1).settledEpoch, seen.deal.endEpoch);
    }

    /// @notice The least there is: one smallest unit of the token, for the protocol and for the deal's owner.
    function test_claim_books_aFeeAndARefundOfOne() public {
        _claimOneEpoch({ask: 50, units: 2, missed: 0});
        vm.assertEq(deals.fees(address(token)), 1);
        _claimOneEpoch({ask: 1, units: 1, missed: 1});
        vm.assertEq(deals.refunds(developer, address(token)), 1);
    }

    function test_claim_countsAcrossWords() public {
        _skipEpochs(1024 - FIRST_EPOCH - 3);
        _attend(node1);
        _assignOne();
        _work(6);
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), 5 * (PRICE - FEE));
    }

    function test_claim_followsThePayoutAddress() public {
        _assignOne();
        _work(2);
        vm.prank(owner1);
        registry.requestPayoutChange(provider1, stranger);
        _skip(60);
        vm.expectRevert(_unauthorized(owner1, stranger));
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        vm.prank(stranger);
        deals.claim(deal, node1, EVER, stranger);
    }

    function test_claim_reverts_whenTheCallerIsNotThePayout() public {
        _assignOne();
        _work(2);
        vm.expectRevert(_unauthorized(stranger, owner1));
        vm.prank(stranger);
        deals.claim(deal, node1, EVER, stranger);
    }

    function test_claim_reverts_whenNoEpochIsCompleted() public {
        _assignOne();
        _work(1);
        _nothingOwed(EVER);
    }

    function test_claim_reverts_whenCalledTwice() public {
        _assignOne();
        _work(2);
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        _nothingOwed(EVER);
        _work(3);
        _nothingOwed(FIRST_EPOCH + 1);
    }

    function test_claim_reverts_whenTheRecipientIsZero() public {
        vm.expectRevert(IDeals.DealsZeroAddress.selector);
        deals.claim(deal, node1, EVER, address(0));
    }

    function test_claim_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        deals.claim(deal, node1, EVER, stranger);
    }

    function test_claim_reverts_whenTheDealIsUnknown() public {
        deals.claim(_unknownDeal(), node1, EVER, stranger);
    }

    /// @dev node1 works for one epoch that counts, or misses it.
    function _claimOneEpoch(uint80 ask, uint16 units, uint256 missed) private {
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ask, true);
        IDeals.Terms memory terms = _terms(2);
        terms.unitsPerWorker = units;
        deal = _createDeal(terms, DEPOSIT);
        _match(deal, terms, node1);
        _work(1 - missed);
        _miss(missed);
        _work(1);
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
    }

    function _nothingOwed(uint32 upToEpoch) private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingOwed.selector, owner1, address(token)));
        vm.prank(owner1);
        deals.claim(deal, node1, upToEpoch, owner1);
    }
}
