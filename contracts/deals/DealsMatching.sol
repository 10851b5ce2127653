// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParameters} from "../governance/IParameters.sol";
import {EpochClock} from "../libraries/EpochClock.sol";
import {DealId, NodeId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IStaking} from "../staking/IStaking.sol";
import {Billing} from "./Billing.sol";
import {DealsAssigning} from "./DealsAssigning.sol";
import {DealsBase} from "./DealsBase.sol";
import {DealTerms} from "./DealTerms.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsMatching} from "./IDealsMatching.sol";
import {ProviderList} from "./ProviderList.sol";

/// @title Deals: matching. Anyone proposes nodes, the contract checks every condition
/// @notice A part of Deals; see there how calls get here and whose state this is.
contract DealsMatching is IDealsMatching, DealsAssigning {
    using ProviderList for ProviderList.List;

    /// @param registry_ providers, nodes, offers and attendance; same clock
    /// @param staking_ holds the locks
    /// @param parameters_ figures set by the token holders
    /// @param treasury_ receives the protocol's fees
    /// @param genesis_ unix seconds at which epoch 0 began
    /// @param epochDuration_ seconds
    constructor(
        IRegistry registry_,
        IStaking staking_,
        IParameters parameters_,
        address treasury_,
        uint64 genesis_,
        uint32 epochDuration_
    ) DealsBase(registry_, staking_, parameters_, treasury_) EpochClock(genesis_, epochDuration_) {}

    /// @inheritdoc IDealsMatching
    function matchDeal(
        DealId deal,
        IDeals.Terms calldata terms,
        IDeals.Candidate[] calldata candidates
    ) external returns (IDeals.Refusal[] memory refusals) {
        _checkTerms(deal, terms);
        IDeals.Deal memory d = _settle(deal);
        _checkNotEnding(deal, d);
        require(d.workers < d.targetWorkers, IDeals.DealsTargetReached(deal, d.targetWorkers));

        uint256 workersBefore = d.workers;
        IParameters.Values memory values = _values();
        _checkEntryOpen(values);
        Round memory round = _round(deal, d, values.stakePerUnit);
        round.challengeWindow = parameters.windows().matchChallengeWindow;
        refusals = new IDeals.Refusal[](candidates.length);
        for (uint256 i = 0; i < candidates.length; ++i) {
            refusals[i] = _propose(round, terms, d, candidates[i]);
        }

        require(d.workers != workersBefore, IDeals.DealsNothingMatched(deal));
        require(d.workers >= terms.minWorkers, IDeals.DealsBelowMinimumWorkers(deal, d.workers, terms.minWorkers));
        uint256 tips = DealTerms.tips(terms, d.workers - workersBefore);
        uint256 needed = Billing.reserve(d, round.epoch) + tips;
        require(d.balance >= needed, IDeals.DealsBalanceTooSmall(deal, d.balance, needed));

        IDeals.Deal storage stored = _deals[deal];
        stored.workers = d.workers;
        stored.assignedInSettledEpoch = true; // the present epoch: it has just been settled
        stored.ratePerEpoch = d.ratePerEpoch;
        if (tips != 0) stored.balance = d.balance - uint88(tips); // at most the balance
    }

    /// @inheritdoc IDealsMatching
    function challenge(DealId deal, IDeals.Terms calldata terms, NodeId replaced, NodeId candidate) external {
        _checkTerms(deal, terms);
        IDeals.Deal memory d = _settle(deal);
        _checkNotEnding(deal, d);
        IDeals.Worker memory worker = _workerOf(deal, replaced);
        require(worker.lastEpoch == 0, IDeals.DealsWorkerEnded(deal, replaced, worker.lastEpoch));
        IDeals.Tip memory tip = _tips[deal][replaced];
        uint32 end = _challengeEndOf(worker);
        Round memory round = _round(deal, d, _values().stakePerUnit);
        require(round.epoch <= end, IDeals.DealsChallengeOver(deal, replaced, end));
        round.challengeWindow = uint8(end - round.epoch); // at most what is left of the worker's own

        _endReplaced(round, d, replaced, worker);
        uint32 matchEpoch = worker.firstEpoch - 1 - tip.epochsSinceMatch;
        uint256 ask = _replace(round, terms, d, matchEpoch, worker.pricePerUnitEpoch, candidate);
        IDeals.Deal storage stored = _deals[deal];
        stored.assignedInSettledEpoch = true; // the number of workers is what it was
        stored.ratePerEpoch = d.ratePerEpoch;

        uint256 saving = (worker.pricePerUnitEpoch - ask) * d.unitsPerWorker * d.minFundedEpochs;
        delete _tips[deal][replaced];
        tip.epochsSinceMatch = uint16(round.epoch - matchEpoch); // at most a window, 8 bits
        tip.share = uint96(Math.min(tip.amount, saving)); // the amount has 80 bits
        if (tip.amount != 0) tip.challenger = msg.sender;
        _tips[deal][candidate] = tip;
        emit IDeals.WorkerReplaced(deal, replaced, candidate, msg.sender, tip.share);
    }

    /// @inheritdoc IDealsMatching
    function payTip(DealId deal, NodeId node) external {
        IDeals.Worker memory worker = _workerOf(deal, node);
        require(_tips[deal][node].amount != 0, IDeals.DealsNoTip(deal, node));
        uint32 end = _challengeEndOf(worker);
        require(worker.lastEpoch != 0 || currentEpoch() > end, IDeals.DealsTipHeld(deal, node, end));
        _creditTip(deal, node, _deals[deal].paymentToken);
    }

    /// @inheritdoc IDealsMatching
    function getTip(DealId deal, NodeId node) external view returns (IDeals.Tip memory) {
        return _tips[deal][node];
    }

    /// @inheritdoc IDealsMatching
    function eligibility(
        DealId deal,
        IDeals.Terms calldata terms,
        NodeId[] calldata nodes
    ) external view returns (IDeals.Refusal[] memory refusals, uint80[] memory asks) {
        _checkTerms(deal, terms);
        (IDeals.Deal memory d, ) = _decided(deal);
        Round memory round = _round(deal, d, _values().stakePerUnit);
        refusals = new IDeals.Refusal[](nodes.length);
        asks = new uint80[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            IRegistry.NodeQuote memory offered = _quoteNode(nodes[i], round.token);
            refusals[i] = _refusal(
                round,
                terms,
                d,
                IDeals.Candidate({node: nodes[i], maxAsk: type(uint80).max}),
                offered
            );
            asks[i] = offered.askPerUnitEpoch;
        }
    }

    /// @dev Assigns the node from the next epoch on, or says why not. Changes `d` in memory; the caller stores it.
    function _propose(
        Round memory round,
        IDeals.Terms calldata terms,
        IDeals.Deal memory d,
        IDeals.Candidate memory candidate
    ) private returns (IDeals.Refusal refusal) {
        IRegistry.NodeQuote memory offered = _quoteNode(candidate.node, round.token);
        refusal = _refusal(round, terms, d, candidate, offered);
        if (refusal != IDeals.Refusal.None) {
            emit IDeals.NodeSkipped(round.deal, candidate.node, refusal);
            return refusal;
        }
        _assign(round, d, candidate.node, offered);
        if (terms.tipPerWorker == 0) return refusal;
        _tips[round.deal][candidate.node] = IDeals.Tip(msg.sender, terms.tipPerWorker, 0, address(0), 0);
        emit IDeals.TipHeld(round.deal, candidate.node, msg.sender, terms.tipPerWorker);
    }

    /// @dev The present epoch is the replaced worker's last; if it has not begun, it earns nothing. Changes `d` in memory.
    function _endReplaced(Round memory round, IDeals.Deal memory d, NodeId node, IDeals.Worker memory worker) private {
        // 0 would mean that it goes on; in epoch 0 no candidate stood before the match, and all of this is undone.
        _workers[round.deal][node].lastEpoch = round.epoch;
        _lists[round.deal].remove(d.workers, worker.provider);
        --d.workers;
        // the rate is the sum over the workers, and this one's part of it was a uint80 when it was added
        d.ratePerEpoch -= uint80(uint256(worker.pricePerUnitEpoch) * d.unitsPerWorker);
        emit IDeals.WorkerEnded(round.deal, node, IDeals.EndCause.Replaced, round.epoch);
    }

    /// @dev Assigns the candidate in the place of a worker that is gone from `d` already, or reverts.
    function _replace(
        Round memory round,
        IDeals.Terms calldata terms,
        IDeals.Deal memory d,
        uint32 matchEpoch,
        uint256 price,
        NodeId candidate
    ) private returns (uint256 ask) {
        IRegistry.NodeQuote memory offered = _quoteNode(candidate, round.token);
        IDeals.Candidate memory proposed = IDeals.Candidate({node: candidate, maxAsk: type(uint80).max});
        IDeals.Refusal refusal = _refusal(round, terms, d, proposed, offered);
        require(refusal == IDeals.Refusal.None, IDeals.DealsCandidateRefused(round.deal, candidate, refusal));
        require(
            offered.changedEpoch < matchEpoch,
            IDeals.DealsCandidateChanged(round.deal, candidate, offered.changedEpoch, matchEpoch)
        );
        ask = offered.askPerUnitEpoch;
        require(
            ask * (Billing.BPS + terms.priceToleranceBps) < price * Billing.BPS,
            IDeals.DealsNotCheaper(round.deal, candidate, ask, price)
        );
        _assign(round, d, candidate, offered);
    }

    /// @dev Last epoch in which the worker can be challenged.
    function _challengeEndOf(IDeals.Worker memory worker) private pure returns (uint32) {
        return worker.firstEpoch - 1 + worker.challengeWindow; // the first epoch is at least 1
    }
}
