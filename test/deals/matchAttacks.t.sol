// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {ChallengeTest} from "./ChallengeTest.sol";

/// @notice Who tries to gain by a match or a challenge, and what comes of it.
contract MatchAttacksTest is ChallengeTest {
    /// @notice A copied match pays whoever is first; the deal is matched as it would have been.
    function test_attack_aCopiedMatch_takesTheTipAndNothingElse() public {
        DealId other = _createDeal(_tipTerms(), DEPOSIT + 2 * TIP);
        IDeals.Terms memory terms = _tipTerms();
        IDeals.Candidate[] memory candidates = new IDeals.Candidate[](2);
        candidates[0] = IDeals.Candidate(cheap, CHEAP);
        candidates[1] = IDeals.Candidate(middle, MIDDLE);
        vm.prank(stranger);
        deals.matchDeal(other, terms, candidates);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTargetReached.selector, other, 2));
        vm.prank(matcher);
        deals.matchDeal(other, terms, candidates);
        vm.assertEq(deals.getTip(other, cheap).matcher, stranger);
        vm.assertEq(deals.getDeal(other).deal.ratePerEpoch, uint256(CHEAP + MIDDLE) * UNITS);
        vm.assertEq(deals.getDeal(other).deal.balance, DEPOSIT);
    }

    /// @notice An ask that rises while the match is on its way is not paid: the node is skipped, and so is its tip.
    function test_attack_anAskRaisedBeforeTheMatch_isNotTaken() public {
        IDeals.Terms memory terms = _tipTerms();
        DealId other = _createDeal(terms, DEPOSIT + 2 * TIP);
        _setAsk(cheap, 2 * ASK);
        IDeals.Candidate[] memory candidates = new IDeals.Candidate[](2);
        candidates[0] = IDeals.Candidate(cheap, CHEAP);
        candidates[1] = IDeals.Candidate(middle, MIDDLE);
        IDeals.Refusal[] memory refusals = deals.matchDeal(other, terms, candidates);
        vm.assertEq(uint256(refusals[0]), uint256(IDeals.Refusal.AboveListedAsk));
        vm.assertEq(deals.getDeal(other).deal.balance, DEPOSIT + TIP);
    }

    /// @notice An ask that rises after the match changes no price, and nothing that could be named against another worker.
    function test_attack_anAskRaisedAfterTheMatch_changesNothing() public {
        _challenge(node1, middle);
        _setAsk(middle, 2 * ASK);
        _nextEpoch();
        vm.assertEq(deals.getWorker(deal, middle).pricePerUnitEpoch, MIDDLE);
        vm.assertEq(deals.getDeal(deal).deal.ratePerEpoch, uint256(MIDDLE) * UNITS);
    }

    /// @notice Who undercuts a worker only after the match does not take its place.
    function test_attack_undercutting_takesNobodysPlace() public {
        _setAsk(node2, 1);
        _refused(node1, node2, _changed(node2, MATCH_EPOCH));
        _nextEpoch();
        _setAsk(node2, 1);
        _refused(node1, node2, _changed(node2, MATCH_EPOCH + 1));
    }

    /// @notice Nor does a node that hid while the match was made.
    function test_attack_anOfferSwitchedOnAgain_didNotStandBefore() public {
        vm.startPrank(owner2);
        registry.setOffer(cheap, address(token), CHEAP, false);
        registry.setOffer(cheap, address(token), CHEAP, true);
        vm.stopPrank();
        _refused(node1, cheap, _changed(cheap, MATCH_EPOCH));
    }

    /// @notice A candidate that does not want the place may raise its ask first: the worker stays, nobody is paid.
    function test_attack_aCandidateThatEvades_stopsTheChallenge() public {
        _setAsk(cheap, CHEAP + 1);
        _refused(node1, cheap, _changed(cheap, MATCH_EPOCH));
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, 0);
        vm.assertEq(deals.getTip(deal, node1).share, 0);
    }

    /// @notice A copied challenge pays whoever is first; the deal's owner saves the same.
    function test_attack_aCopiedChallenge_takesTheShareAndNothingElse() public {
        vm.prank(stranger);
        deals.challenge(deal, _tipTerms(), node1, cheap);
        bytes memory ended = abi.encodeWithSelector(IDeals.DealsWorkerEnded.selector, deal, node1, MATCH_EPOCH);
        _refused(node1, cheap, ended);
        vm.assertEq(deals.getTip(deal, cheap).challenger, stranger);
        vm.assertEq(deals.getDeal(deal).deal.ratePerEpoch, PRICE / 2);
    }

    function test_attack_aMatcherThatFavoursItsFriend_losesTheTip() public {
        _challenge(node1, cheap); // node1 is the friend, at twice the price
        _afterTheWindow();
        deals.payTip(deal, cheap);
        vm.assertEq(_earned(matcher), 0);
        vm.assertEq(_earned(challenger), TIP);
    }

    /// @notice Challenging one's own match gives no more than the tip that there was.
    function test_attack_aMatcherThatChallengesItself_gainsNothing() public {
        vm.startPrank(matcher);
        deals.challenge(deal, _tipTerms(), node1, middle);
        deals.challenge(deal, _tipTerms(), middle, cheap);
        vm.stopPrank();
        _afterTheWindow();
        deals.payTip(deal, cheap);
        vm.assertEq(_earned(matcher), TIP);
    }

    /// @notice In a chain the last one gets what it saved against the one before it, not what others saved.
    function test_attack_aChainOfChallenges_paysTheLast() public {
        vm.prank(stranger);
        deals.challenge(deal, _tipTerms(), node1, middle);
        vm.assertEq(deals.getTip(deal, middle).share, MIDDLE_SAVES);
        _setAsk(node2, CHEAP + 100);
        _nextEpoch();
        deal = _dealFor(_tipTerms());
        vm.prank(stranger);
        deals.challenge(deal, _tipTerms(), node1, node2);
        vm.assertEq(deals.getTip(deal, node2).share, TIP);
        _challenge(node2, cheap);
        uint256 saved = 100 * uint256(UNITS) * MIN_FUNDED;
        vm.assertEq(deals.getTip(deal, cheap).share, saved);
        _afterTheWindow();
        deals.payTip(deal, cheap);
        vm.assertEq(_earned(matcher), TIP - saved);
        vm.assertEq(_earned(challenger), saved);
        vm.assertEq(_earned(stranger), 0);
    }

    /// @notice A replacement reopens no window, and what counts is what stood before the first match.
    function test_attack_aChain_keepsWindowAndMatchEpoch() public {
        _nextEpoch();
        NodeId late = _newNode(provider2, 10, CHEAP - 1);
        _nextEpoch();
        _attend(late);
        _challenge(node1, middle);
        _refused(middle, late, _changed(late, MATCH_EPOCH + 1));
        _nextEpoch();
        bytes memory over = abi.encodeWithSelector(IDeals.DealsChallengeOver.selector, deal, middle, WINDOW_END);
        _refused(middle, cheap, over);
    }

    /// @notice A worker that was replaced before it began earns nothing, costs nothing, and gets its lock back.
    function test_attack_aWorkerThatNeverBegan_leavesAsItCame() public {
        _challenge(node1, cheap);
        vm.assertEq(staking.getStake(provider1).locked, LOCK);
        _nextEpoch();
        _nextEpoch();
        vm.assertEq(deals.owed(deal, node1).pay, 0);
        vm.assertEq(deals.missedEpochs(deal, node1), 0);
        deals.release(deal, node1);
        vm.assertEq(staking.getStake(provider1).locked, 0);
        vm.assertEq(registry.getNode(node1).unitsInUse, 0);
        vm.assertEq(_earned(owner1), 0);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + TIP - 2 * (PRICE / 2));
        // nothing is paid to who matched it, either
        vm.assertEq(_earned(matcher), 0);
    }

    /// @notice Dismissing a worker in its first epoch does not keep its matcher's tip.
    function test_attack_anOwnerThatDismisses_paysTheTip() public {
        _nextEpoch();
        vm.startPrank(developer);
        deals.dismiss(deal, node1);
        deals.stop(deal);
        uint256 left = deals.getDeal(deal).withdrawable;
        deals.withdraw(deal, left, developer);
        vm.stopPrank();
        deals.payTip(deal, node1);
        vm.prank(matcher);
        deals.withdrawEarnings(address(token), matcher);
        vm.assertEq(token.balanceOf(matcher), TIP);
    }

    function _afterTheWindow() private {
        for (uint256 i = 0; i <= WINDOW; ++i) _nextEpoch();
    }
}
