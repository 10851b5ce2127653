// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {ChallengeTest} from "./ChallengeTest.sol";

contract ChallengeDealTest is ChallengeTest {
    function test_challenge_replacesFromTheNextEpoch() public {
        vm.expectEmit(address(deals));
        emit IDeals.WorkerEnded(deal, node1, IDeals.EndCause.Replaced, MATCH_EPOCH);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerAssigned(deal, cheap, provider2, CHEAP, MATCH_EPOCH + 1, LOCK, WINDOW_END);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerReplaced(deal, node1, cheap, challenger, TIP);
        _challenge(node1, cheap);

        IDeals.Deal memory d = deals.getDeal(deal).deal;
        vm.assertEq(d.workers, 1);
        vm.assertEq(d.ratePerEpoch, PRICE / 2);
        vm.assertTrue(d.assignedInSettledEpoch);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, MATCH_EPOCH);
        vm.assertEq(deals.getWorker(deal, cheap).challengeWindow, WINDOW);
        vm.assertEq(staking.getStake(provider2).locked, LOCK);
        vm.assertEq(registry.getNode(cheap).unitsInUse, UNITS);
        vm.assertEq(deals.getTip(deal, node1).matcher, address(0));
        IDeals.Tip memory tip = deals.getTip(deal, cheap);
        vm.assertEq(tip.matcher, matcher);
        vm.assertEq(tip.amount, TIP);
        vm.assertEq(tip.epochsSinceMatch, 0);
        vm.assertEq(tip.challenger, challenger);
        vm.assertEq(tip.share, TIP);
    }

    function test_challenge_earnsWhatItSaves_ofTheTip() public {
        _challenge(node1, middle);
        vm.assertEq(deals.getTip(deal, middle).share, MIDDLE_SAVES);
        for (uint256 i = 0; i <= WINDOW; ++i) _nextEpoch();
        vm.expectEmit(address(deals));
        emit IDeals.TipPaid(deal, middle, matcher, TIP - MIDDLE_SAVES, challenger, MIDDLE_SAVES);
        deals.payTip(deal, middle);
        vm.assertEq(_earned(matcher), TIP - MIDDLE_SAVES);
        vm.assertEq(_earned(challenger), MIDDLE_SAVES);
    }

    function test_challenge_leavesThePresentEpoch_toAWorkerThatBegan() public {
        _nextEpoch();
        _challenge(node1, cheap);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, MATCH_EPOCH + 1);
        IDeals.Worker memory worker = deals.getWorker(deal, cheap);
        vm.assertEq(worker.firstEpoch, MATCH_EPOCH + 2);
        vm.assertEq(worker.challengeWindow, WINDOW - 1);
        vm.assertEq(deals.getTip(deal, cheap).epochsSinceMatch, 1);
        _nextEpoch();
        _nextEpoch();
        vm.assertEq(deals.owed(deal, node1).pay, PRICE - FEE);
        vm.assertEq(deals.owed(deal, cheap).pay, PRICE / 2 - FEE / 2);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + TIP - 2 * PRICE);
    }

    function test_challenge_isPossible_throughTheWindow() public {
        _nextEpoch();
        _nextEpoch();
        vm.assertEq(_epoch(), WINDOW_END);
        _challenge(node1, middle);
        vm.assertEq(deals.getWorker(deal, middle).challengeWindow, 0);
        _challenge(middle, cheap);
        _nextEpoch();
        deals.payTip(deal, cheap);
    }

    function test_challenge_isPossible_whileEntryIsPaused() public {
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        _challenge(node1, cheap);
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
    }

    /// @notice The replaced worker counts as gone: the candidate may be its provider's, and the deal may be full.
    function test_challenge_countsTheReplacedAsGone() public {
        IDeals.Terms memory terms = _tipTerms();
        terms.targetWorkers = 1;
        terms.maxWorkersPerProvider = 1;
        deal = _createDeal(terms, DEPOSIT + TIP);
        _match(deal, terms, node2);
        deals.challenge(deal, terms, node2, cheap);
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
        // with another worker of that provider there it may not
        terms.targetWorkers = 2;
        deal = _createDeal(terms, DEPOSIT + 2 * TIP);
        deals.matchDeal(deal, terms, _candidates(_both()));
        _refusedWith(terms, node1, cheap, _refusal(cheap, IDeals.Refusal.ProviderLimit));
    }

    function test_challenge_needsMoreThanTheTolerance() public {
        IDeals.Terms memory terms = _tipTerms();
        terms.priceToleranceBps = 1111; // 9000 * 1.1111 < 10000 < 9001 * 1.1111
        deal = _dealFor(terms);
        deals.challenge(deal, terms, node1, middle);
        terms.priceToleranceBps = 1112;
        deal = _dealFor(terms);
        bytes memory dear = abi.encodeWithSelector(IDeals.DealsNotCheaper.selector, deal, middle, MIDDLE, ASK);
        _refusedWith(terms, node1, middle, dear);
        terms.priceToleranceBps = 10_000; // just half
        deal = _dealFor(terms);
        dear = abi.encodeWithSelector(IDeals.DealsNotCheaper.selector, deal, cheap, CHEAP, ASK);
        _refusedWith(terms, node1, cheap, dear);
    }

    function test_challenge_needsNoTip() public {
        deal = _dealFor(_terms(2));
        vm.expectEmit(address(deals));
        emit IDeals.WorkerReplaced(deal, node1, cheap, challenger, 0);
        vm.prank(challenger);
        deals.challenge(deal, _terms(2), node1, cheap);
        vm.assertEq(deals.getTip(deal, cheap).challenger, address(0));
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNoTip.selector, deal, cheap));
        deals.payTip(deal, cheap);
    }

    /// @notice What is known of a replacement goes with the worker, also where no tip is held.
    function test_challenge_leavesNothingBehind_forALaterMatch() public {
        deal = _dealFor(_terms(2));
        _nextEpoch();
        deals.challenge(deal, _terms(2), node1, cheap);
        vm.assertEq(deals.getTip(deal, cheap).epochsSinceMatch, 1);
        _nextEpoch();
        vm.prank(developer);
        deals.dismiss(deal, cheap);
        _nextEpoch();
        deals.release(deal, cheap);
        _match(deal, _terms(2), cheap);
        vm.assertEq(deals.getTip(deal, cheap).epochsSinceMatch, 0);
        vm.assertEq(deals.getWorker(deal, cheap).challengeWindow, WINDOW);
    }

    function test_challenge_leavesTheFirstEpoch_whenTheDealIsStopped() public {
        _nextEpoch();
        _challenge(node1, cheap);
        vm.prank(developer);
        deals.stop(deal);
        vm.assertEq(deals.getDeal(deal).deal.endEpoch, MATCH_EPOCH + 2);
    }

    /// @notice Replaced exactly if cheaper by more than the tolerance; nobody gets more than the tip.
    function testFuzz_challenge_followsItsRule(uint80 ask, uint16 tolerance, uint80 tip, uint8 wait) public {
        ask = uint80(_bound(ask, 1, 2 * ASK));
        tolerance = uint16(_bound(tolerance, 0, 10_000));
        tip = uint80(_bound(tip, 0, 1e6));
        wait = uint8(_bound(wait, 0, WINDOW + 1));
        _setAsk(cheap, ask);
        _nextEpoch();
        IDeals.Terms memory terms = _tipTerms();
        (terms.priceToleranceBps, terms.tipPerWorker) = (tolerance, tip);
        deal = _dealFor(terms);
        for (uint256 i = 0; i < wait; ++i) _nextEpoch();
        vm.prank(challenger);
        (bool done, ) = address(deals).call(abi.encodeCall(deals.challenge, (deal, terms, node1, cheap)));
        bool cheaper = uint256(ask) * (10_000 + uint256(tolerance)) < uint256(ASK) * 10_000;
        vm.assertEq(done, cheaper && wait <= WINDOW);
        if (!done) return;
        uint256 saved = uint256(ASK - ask) * UNITS * MIN_FUNDED;
        vm.assertEq(deals.getTip(deal, cheap).share, saved < tip ? saved : tip);
        for (uint256 i = wait; i <= WINDOW; ++i) _nextEpoch();
        if (tip != 0) deals.payTip(deal, cheap);
        vm.assertEq(_earned(matcher) + _earned(challenger), tip);
    }

    // ---- refused ----

    function test_challenge_reverts_afterTheWindow() public {
        for (uint256 i = 0; i <= WINDOW; ++i) _nextEpoch();
        _refused(node1, cheap, abi.encodeWithSelector(IDeals.DealsChallengeOver.selector, deal, node1, WINDOW_END));
    }

    function test_challenge_reverts_whenTheNodeWouldNotBeTaken() public {
        _refused(node1, node1, _refusal(node1, IDeals.Refusal.AlreadyWorking));
        _refused(node1, NodeId.wrap(99), _refusal(NodeId.wrap(99), IDeals.Refusal.NodeUnknown));
        vm.prank(developer);
        deals.bar(deal, provider2);
        _refused(node1, cheap, _refusal(cheap, IDeals.Refusal.ProviderBarred));
        vm.prank(developer);
        deals.unbar(deal, provider2);
        _skipEpochs(2);
        _refused(node1, cheap, _refusal(cheap, IDeals.Refusal.NotAttending));
    }

    function test_challenge_reverts_whenTheNodeIsNotCheaper() public {
        _refused(node1, node2, abi.encodeWithSelector(IDeals.DealsNotCheaper.selector, deal, node2, ASK, ASK));
    }

    function test_challenge_reverts_whenTheOfferWasSetSinceTheMatch() public {
        _setAsk(cheap, CHEAP);
        _refused(node1, cheap, _changed(cheap, MATCH_EPOCH));
        vm.prank(owner2);
        registry.changeNode(middle, 12, _attributes());
        _refused(node1, middle, _changed(middle, MATCH_EPOCH));
        NodeId later = _newNode(provider2, 10, CHEAP);
        _refused(node1, later, _changed(later, MATCH_EPOCH));
    }

    function test_challenge_reverts_whenTheWorkerEnded() public {
        _nextEpoch();
        vm.prank(developer);
        deals.dismiss(deal, node1);
        bytes memory ended = abi.encodeWithSelector(IDeals.DealsWorkerEnded.selector, deal, node1, MATCH_EPOCH + 1);
        _refused(node1, cheap, ended);
    }

    function test_challenge_reverts_inTheLastEpoch() public {
        _nextEpoch();
        vm.prank(developer);
        deals.stop(deal);
        _refused(node1, cheap, abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, MATCH_EPOCH + 1));
    }

    function test_challenge_reverts_whenThereIsNoSuchWorkerOrDeal() public {
        _refused(node2, cheap, abi.encodeWithSelector(IDeals.DealsWorkerUnknown.selector, deal, node2));
        bytes32 expected = deals.hashTerms(_tipTerms());
        bytes32 actual = deals.hashTerms(_terms(2));
        bytes memory others = abi.encodeWithSelector(IDeals.DealsTermsMismatch.selector, deal, expected, actual);
        _refusedWith(_terms(2), node1, cheap, others);
        deal = DealId.wrap(99);
        _refused(node1, cheap, abi.encodeWithSelector(IDeals.DealsUnknown.selector, deal));
    }

    function _refusal(NodeId candidate, IDeals.Refusal refusal) private view returns (bytes memory) {
        return abi.encodeWithSelector(IDeals.DealsCandidateRefused.selector, deal, candidate, refusal);
    }
}
