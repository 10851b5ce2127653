// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DealId, NodeId, ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {DealTerms} from "./DealTerms.sol";
import {IDeals} from "./IDeals.sol";
import {ProviderList} from "./ProviderList.sol";

/// @title Matching: anyone proposes nodes, the contract checks every condition
abstract contract DealsMatching is DealsBase {
    using ProviderList for ProviderList.List;

    /// @dev A match under way.
    /// @param token the deal's payment token
    /// @param epoch the present epoch
    /// @param everBarred some provider was barred from the deal
    /// @param lockMilliMill what each worker locks, in thousandths of a MILL
    /// @param lock the same in MILL (18 decimals)
    struct Round {
        DealId deal;
        address token;
        uint32 epoch;
        uint32 lockMilliMill;
        uint96 lock;
        bool everBarred;
    }

    /// @inheritdoc IDeals
    function matchDeal(
        DealId deal,
        Terms calldata terms,
        Candidate[] calldata candidates
    ) external returns (Refusal[] memory refusals) {
        _checkTerms(deal, terms);
        Deal memory d = _settle(deal);
        _checkNotEnding(deal, d);
        require(d.workers < d.targetWorkers, DealsTargetReached(deal, d.targetWorkers));

        uint256 workersBefore = d.workers;
        Round memory round = _round(deal, d);
        refusals = new Refusal[](candidates.length);
        for (uint256 i = 0; i < candidates.length; ++i) {
            refusals[i] = _propose(round, terms, d, candidates[i]);
        }

        require(d.workers != workersBefore, DealsNothingMatched(deal));
        require(d.workers >= terms.minWorkers, DealsBelowMinimumWorkers(deal, d.workers, terms.minWorkers));
        uint256 needed = Billing.reserve(d, round.epoch);
        require(d.balance >= needed, DealsBalanceTooSmall(deal, d.balance, needed));

        Deal storage stored = _deals[deal];
        stored.workers = d.workers;
        stored.assignedInSettledEpoch = true; // the present epoch: it has just been settled
        stored.ratePerEpoch = d.ratePerEpoch;
    }

    /// @inheritdoc IDeals
    function eligibility(
        DealId deal,
        Terms calldata terms,
        NodeId[] calldata nodes
    ) external view returns (Refusal[] memory refusals, uint80[] memory asks) {
        _checkTerms(deal, terms);
        (Deal memory d, ) = _decided(deal);
        Round memory round = _round(deal, d);
        refusals = new Refusal[](nodes.length);
        asks = new uint80[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            IRegistry.NodeQuote memory offered = _quoteNode(nodes[i], round.token);
            refusals[i] = _refusal(round, terms, d, Candidate({node: nodes[i], maxAsk: type(uint80).max}), offered);
            asks[i] = offered.askPerUnitEpoch;
        }
    }

    /// @dev Assigns the node from the next epoch on, or says why not. Changes `d` in memory; the caller stores it.
    function _propose(
        Round memory round,
        Terms calldata terms,
        Deal memory d,
        Candidate memory candidate
    ) private returns (Refusal refusal) {
        IRegistry.NodeQuote memory offered = _quoteNode(candidate.node, round.token);
        refusal = _refusal(round, terms, d, candidate, offered);
        if (refusal == Refusal.None) _assign(round, d, candidate.node, offered);
        else emit NodeSkipped(round.deal, candidate.node, refusal);
    }

    function _assign(Round memory round, Deal memory d, NodeId node, IRegistry.NodeQuote memory offered) private {
        uint32 firstEpoch = round.epoch + 1;
        // Field by field, nothing in between: the compiler makes one write of it.
        Worker storage worker = _workers[round.deal][node];
        worker.pricePerUnitEpoch = offered.askPerUnitEpoch;
        worker.lockMilliMill = round.lockMilliMill;
        worker.provider = offered.provider;
        worker.firstEpoch = firstEpoch;
        worker.settledEpoch = round.epoch;
        _lists[round.deal].push(d.workers, offered.provider);
        // At most 32 workers, each at most at the price limit: the terms were accepted only if that fits the rate.
        unchecked {
            ++d.workers;
            d.ratePerEpoch += uint80(uint256(offered.askPerUnitEpoch) * d.unitsPerWorker);
        }
        emit WorkerAssigned(round.deal, node, offered.provider, offered.askPerUnitEpoch, firstEpoch, round.lock);

        registry.takeUnits(node, d.unitsPerWorker);
        staking.lock(offered.provider, round.lock);
    }

    /// @dev Why the candidate is not taken, in the order of the enum; `d` is decided up to the present epoch.
    function _refusal(
        Round memory round,
        Terms calldata terms,
        Deal memory d,
        Candidate memory candidate,
        IRegistry.NodeQuote memory offered
    ) private view returns (Refusal) {
        if (ProviderId.unwrap(offered.provider) == 0) return Refusal.NodeUnknown;
        if (offered.retired) return Refusal.NodeRetired;
        if (!offered.offerOn) return Refusal.OfferOff;
        if (offered.askPerUnitEpoch > candidate.maxAsk) return Refusal.AboveListedAsk;
        if (offered.askPerUnitEpoch > terms.priceLimit) return Refusal.AbovePriceLimit;
        if (offered.askPerUnitEpoch < terms.minimumAsk) return Refusal.BelowMinimumAsk;
        if (offered.freeUnits < d.unitsPerWorker) return Refusal.UnitsShort;
        if (staking.freeStake(offered.provider) < round.lock) return Refusal.StakeShort;
        if (!DealTerms.admitsAttributes(terms, offered.attributes)) return Refusal.ConstraintUnmet;
        if (!DealTerms.admitsProvider(terms, offered.provider)) return Refusal.NotListed;
        if (_lists[round.deal].count(d.workers, offered.provider) >= terms.maxWorkersPerProvider) {
            return Refusal.ProviderLimit;
        }
        if (round.everBarred && _barred[round.deal][offered.provider]) return Refusal.ProviderBarred;
        if (_workers[round.deal][candidate.node].firstEpoch != 0) return Refusal.AlreadyWorking;
        if (!offered.attendedRecently) return Refusal.NotAttending;
        if (d.workers >= d.targetWorkers) return Refusal.TargetReached;
        return Refusal.None;
    }

    function _quoteNode(NodeId node, address token) private view returns (IRegistry.NodeQuote memory) {
        return registry.quoteNode(node, token);
    }

    function _round(DealId deal, Deal memory d) private view returns (Round memory round) {
        round.deal = deal;
        round.token = d.paymentToken;
        round.epoch = currentEpoch();
        round.everBarred = _matching[deal].everBarred;
        // stakePerUnit is a multiple of a thousandth of a MILL
        uint256 lock = uint256(_values().stakePerUnit) * d.unitsPerWorker;
        round.lockMilliMill = SafeCast.toUint32(lock / Billing.WEI_PER_MILLI_MILL);
        round.lock = Billing.lockOf(round.lockMilliMill);
    }
}
