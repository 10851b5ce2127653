// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters} from "../governance/IParameters.sol";
import {EpochClock} from "../libraries/EpochClock.sol";
import {DealId, NodeId, ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IStaking} from "../staking/IStaking.sol";
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {DealTerms} from "./DealTerms.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsMatching} from "./IDealsMatching.sol";
import {ProviderList} from "./ProviderList.sol";

/// @title Deals: matching. Anyone proposes nodes, the contract checks every condition
/// @notice A part of Deals; see there how calls get here and whose state this is.
contract DealsMatching is IDealsMatching, DealsBase {
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
        refusals = new IDeals.Refusal[](candidates.length);
        for (uint256 i = 0; i < candidates.length; ++i) {
            refusals[i] = _propose(round, terms, d, candidates[i]);
        }

        require(d.workers != workersBefore, IDeals.DealsNothingMatched(deal));
        require(d.workers >= terms.minWorkers, IDeals.DealsBelowMinimumWorkers(deal, d.workers, terms.minWorkers));
        uint256 needed = Billing.reserve(d, round.epoch);
        require(d.balance >= needed, IDeals.DealsBalanceTooSmall(deal, d.balance, needed));

        IDeals.Deal storage stored = _deals[deal];
        stored.workers = d.workers;
        stored.assignedInSettledEpoch = true; // the present epoch: it has just been settled
        stored.ratePerEpoch = d.ratePerEpoch;
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
        if (refusal == IDeals.Refusal.None) _assign(round, d, candidate.node, offered);
        else emit IDeals.NodeSkipped(round.deal, candidate.node, refusal);
    }

    function _assign(
        Round memory round,
        IDeals.Deal memory d,
        NodeId node,
        IRegistry.NodeQuote memory offered
    ) private {
        uint32 firstEpoch = round.epoch + 1;
        // Field by field, nothing in between: the compiler makes one write of it.
        IDeals.Worker storage worker = _workers[round.deal][node];
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
        emit IDeals.WorkerAssigned(round.deal, node, offered.provider, offered.askPerUnitEpoch, firstEpoch, round.lock);

        registry.takeUnits(node, d.unitsPerWorker);
        staking.lock(offered.provider, round.lock);
    }

    /// @dev Why the candidate is not taken, in the order of the enum; `d` is decided up to the present epoch.
    function _refusal(
        Round memory round,
        IDeals.Terms calldata terms,
        IDeals.Deal memory d,
        IDeals.Candidate memory candidate,
        IRegistry.NodeQuote memory offered
    ) private view returns (IDeals.Refusal) {
        if (ProviderId.unwrap(offered.provider) == 0) return IDeals.Refusal.NodeUnknown;
        if (offered.retired) return IDeals.Refusal.NodeRetired;
        if (!offered.offerOn) return IDeals.Refusal.OfferOff;
        if (offered.askPerUnitEpoch > candidate.maxAsk) return IDeals.Refusal.AboveListedAsk;
        if (offered.askPerUnitEpoch > terms.priceLimit) return IDeals.Refusal.AbovePriceLimit;
        if (offered.askPerUnitEpoch < terms.minimumAsk) return IDeals.Refusal.BelowMinimumAsk;
        if (offered.freeUnits < d.unitsPerWorker) return IDeals.Refusal.UnitsShort;
        if (staking.freeStake(offered.provider) < round.lock) return IDeals.Refusal.StakeShort;
        if (!DealTerms.admitsAttributes(terms, offered.attributes)) return IDeals.Refusal.ConstraintUnmet;
        if (!DealTerms.admitsProvider(terms, offered.provider)) return IDeals.Refusal.NotListed;
        if (_lists[round.deal].count(d.workers, offered.provider) >= terms.maxWorkersPerProvider) {
            return IDeals.Refusal.ProviderLimit;
        }
        if (round.everBarred && _barred[round.deal][offered.provider]) return IDeals.Refusal.ProviderBarred;
        if (_workers[round.deal][candidate.node].firstEpoch != 0) return IDeals.Refusal.AlreadyWorking;
        if (!offered.attendedRecently) return IDeals.Refusal.NotAttending;
        if (d.workers >= d.targetWorkers) return IDeals.Refusal.TargetReached;
        return IDeals.Refusal.None;
    }

    function _quoteNode(NodeId node, address token) private view returns (IRegistry.NodeQuote memory) {
        return registry.quoteNode(node, token);
    }

    function _round(DealId deal, IDeals.Deal memory d, uint256 stakePerUnit) private view returns (Round memory round) {
        round.deal = deal;
        round.token = d.paymentToken;
        round.epoch = currentEpoch();
        round.everBarred = _matching[deal].everBarred;
        // stakePerUnit is a multiple of a thousandth of a MILL
        uint256 lock = stakePerUnit * d.unitsPerWorker;
        round.lockMilliMill = SafeCast.toUint32(lock / Billing.WEI_PER_MILLI_MILL);
        round.lock = Billing.lockOf(round.lockMilliMill);
    }
}
