// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract MatchDealTest is DealsTest {
    function test_matchDeal_assignsFromTheNextEpoch_atTheAsk() public {
        vm.expectEmit(address(deals));
        emit IDeals.WorkerAssigned(deal, node1, provider1, ASK, FIRST_EPOCH + 1, LOCK, FIRST_EPOCH + WINDOW);
        vm.prank(stranger);
        deals.matchDeal(deal, _terms(2), _candidates(_list(node1)));

        IDeals.Worker memory worker = deals.getWorker(deal, node1);
        vm.assertEq(worker.pricePerUnitEpoch, ASK);
        vm.assertEq(worker.lockMilliMill, LOCK / 1e15);
        vm.assertEq(ProviderId.unwrap(worker.provider), ProviderId.unwrap(provider1));
        vm.assertEq(worker.firstEpoch, FIRST_EPOCH + 1);
        vm.assertEq(worker.lastEpoch, 0);
        vm.assertEq(worker.settledEpoch, FIRST_EPOCH);
        vm.assertEq(worker.challengeWindow, WINDOW);
        IDeals.DealView memory seen = deals.getDeal(deal);
        vm.assertEq(seen.deal.workers, 1);
        vm.assertEq(seen.deal.ratePerEpoch, PRICE);
        vm.assertTrue(seen.deal.assignedInSettledEpoch);
        vm.assertEq(uint256(seen.status), uint256(IDeals.Status.Active));
        vm.assertEq(registry.getNode(node1).unitsInUse, UNITS);
        vm.assertEq(staking.getStake(provider1).locked, LOCK);
    }

    function test_matchDeal_skipsWithAReason_andTakesTheRest() public {
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ASK, false);
        NodeId[] memory nodes = new NodeId[](2);
        (nodes[0], nodes[1]) = (node1, node2);
        vm.expectEmit(address(deals));
        emit IDeals.NodeSkipped(deal, node1, IDeals.Refusal.OfferOff);
        IDeals.Refusal[] memory refusals = deals.matchDeal(deal, _terms(2), _candidates(nodes));
        vm.assertEq(uint256(refusals[0]), uint256(IDeals.Refusal.OfferOff));
        vm.assertEq(uint256(refusals[1]), uint256(IDeals.Refusal.None));
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
    }

    function test_matchDeal_skips_whenTheAskRoseAboveTheListedOne() public {
        IDeals.Candidate[] memory candidates = _candidates(_list(node1));
        candidates[0].maxAsk = ASK - 1;
        _nothingMatched(candidates);
        candidates[0].maxAsk = ASK;
        deals.matchDeal(deal, _terms(2), candidates);
    }

    function test_matchDeal_skips_theSecondOfTwoEqualCandidates() public {
        NodeId[] memory nodes = new NodeId[](2);
        (nodes[0], nodes[1]) = (node1, node1);
        IDeals.Refusal[] memory refusals = deals.matchDeal(deal, _terms(2), _candidates(nodes));
        vm.assertEq(uint256(refusals[1]), uint256(IDeals.Refusal.AlreadyWorking));
    }

    function test_matchDeal_skips_whatIsBeyondTheTarget() public {
        NodeId node3 = _newNode(provider1, 10, ASK);
        NodeId[] memory nodes = new NodeId[](3);
        (nodes[0], nodes[1], nodes[2]) = (node1, node2, node3);
        IDeals.Refusal[] memory refusals = deals.matchDeal(deal, _terms(2), _candidates(nodes));
        vm.assertEq(uint256(refusals[2]), uint256(IDeals.Refusal.TargetReached));
    }

    function test_matchDeal_countsWorkersOfAProvider_overAllSlots() public {
        IDeals.Terms memory terms = _terms(32);
        terms.maxWorkersPerProvider = 16;
        deal = _createDeal(terms, 1_000_000_000);
        // sixteen of each provider fill the deal; a seventeenth is refused at every length
        _stake(provider1, 100);
        for (uint256 i = 0; i < 16; ++i) {
            _match(deal, terms, _newNode(provider1, 2, ASK));
        }
        NodeId more = _newNode(provider1, 2, ASK);
        (IDeals.Refusal[] memory refusals, ) = deals.eligibility(deal, terms, _list(more));
        vm.assertEq(uint256(refusals[0]), uint256(IDeals.Refusal.ProviderLimit));
        for (uint256 i = 0; i < 16; ++i) {
            _match(deal, terms, _newNode(provider2, 2, ASK));
        }
        vm.assertEq(deals.getDeal(deal).deal.workers, 32);
        vm.assertEq(deals.getDeal(deal).deal.ratePerEpoch, 32 * PRICE);
    }

    function test_matchDeal_reverts_whenTheTargetIsReached() public {
        _assignBoth();
        NodeId node3 = _newNode(provider1, 10, ASK);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTargetReached.selector, deal, 2));
        deals.matchDeal(deal, _terms(2), _candidates(_list(node3)));
    }

    function test_matchDeal_reverts_whenNobodyIsTaken() public {
        _nothingMatched(new IDeals.Candidate[](0));
        _nothingMatched(_candidates(_list(NodeId.wrap(99))));
    }

    function test_matchDeal_reverts_whenFewerThanTheMinimumWouldWork() public {
        IDeals.Terms memory terms = _terms(2);
        terms.minWorkers = 2;
        deal = _createDeal(terms, DEPOSIT);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsBelowMinimumWorkers.selector, deal, 1, 2));
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
    }

    function test_matchDeal_reverts_whenTheBalanceIsTooSmall() public {
        vm.prank(developer);
        deals.withdraw(deal, DEPOSIT - MIN_FUNDED * PRICE + 1, developer);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeals.DealsBalanceTooSmall.selector,
                deal,
                MIN_FUNDED * PRICE - 1,
                MIN_FUNDED * PRICE
            )
        );
        deals.matchDeal(deal, _terms(2), _candidates(_list(node1)));
    }

    function test_matchDeal_needsLess_whenTheEndIsNear() public {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = _epoch() + MIN_FUNDED;
        deal = _createDeal(terms, DEPOSIT);
        vm.prank(developer);
        deals.withdraw(deal, DEPOSIT - PRICE, developer);
        _work(2); // one epoch is left
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
        vm.assertEq(deals.getDeal(deal).withdrawable, 0);
    }

    function test_matchDeal_reverts_inTheLastEpoch() public {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = _epoch() + MIN_FUNDED;
        deal = _createDeal(terms, DEPOSIT);
        _work(MIN_FUNDED);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, terms.endEpoch));
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
    }

    function test_matchDeal_reverts_whenTheTermsAreOthers() public {
        IDeals.Terms memory terms = _terms(2);
        terms.priceLimit += 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeals.DealsTermsMismatch.selector,
                deal,
                deals.hashTerms(_terms(2)),
                deals.hashTerms(terms)
            )
        );
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
    }

    function test_matchDeal_reverts_whenTheDealIsUnknown() public {
        DealId unknown = _unknownDeal();
        deals.matchDeal(unknown, _terms(2), new IDeals.Candidate[](0));
    }

    // ---- tips ----

    function test_matchDeal_holdsATipForEachWorker() public {
        IDeals.Terms memory terms = _tipTerms();
        deal = _createDeal(terms, DEPOSIT + 2 * TIP);
        vm.expectEmit(address(deals));
        emit IDeals.TipHeld(deal, node1, stranger, TIP);
        vm.expectEmit(address(deals));
        emit IDeals.TipHeld(deal, node2, stranger, TIP);
        vm.prank(stranger);
        deals.matchDeal(deal, terms, _candidates(_both()));
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT);
        IDeals.Tip memory tip = deals.getTip(deal, node1);
        vm.assertEq(tip.matcher, stranger);
        vm.assertEq(tip.amount, TIP);
        vm.assertEq(tip.epochsSinceMatch, 0);
        vm.assertEq(tip.challenger, address(0));
        vm.assertEq(tip.share, 0);
        vm.assertEq(deals.earnings(stranger, address(token)), 0);
    }

    function test_matchDeal_holdsNothing_forWhoIsSkipped() public {
        IDeals.Terms memory terms = _tipTerms();
        deal = _createDeal(terms, DEPOSIT + 2 * TIP);
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ASK, false);
        deals.matchDeal(deal, terms, _candidates(_both()));
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + TIP);
        vm.assertEq(deals.getTip(deal, node1).amount, 0);
    }

    function test_matchDeal_reverts_whenTheBalanceDoesNotCoverTheTips() public {
        IDeals.Terms memory terms = _tipTerms();
        deal = _createDeal(terms, DEPOSIT + 2 * TIP);
        uint256 needed = 2 * MIN_FUNDED * PRICE + 2 * TIP;
        vm.prank(developer);
        deals.withdraw(deal, DEPOSIT + 2 * TIP - needed + 1, developer);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsBalanceTooSmall.selector, deal, needed - 1, needed));
        deals.matchDeal(deal, terms, _candidates(_both()));
        _fund(stranger, 1);
        vm.prank(stranger);
        deals.topUp(deal, 1);
        deals.matchDeal(deal, terms, _candidates(_both()));
        vm.assertEq(deals.getDeal(deal).withdrawable, 0);
    }

    function _nothingMatched(IDeals.Candidate[] memory candidates) private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingMatched.selector, deal));
        deals.matchDeal(deal, _terms(2), candidates);
    }
}
