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

/// @title Whom a deal takes, and taking him
abstract contract DealsAssigning is DealsBase {
    using ProviderList for ProviderList.List;

    /// @dev A match under way.
    /// @param token the deal's payment token
    /// @param epoch the present epoch
    /// @param everBarred some provider was barred from the deal
    /// @param lockMilliMill what each worker locks, in thousandths of a MILL
    /// @param lock the same in MILL (18 decimals)
    /// @param challengeWindow epochs after this one in which a worker assigned now can be challenged
    struct Round {
        DealId deal;
        address token;
        uint32 epoch;
        uint32 lockMilliMill;
        uint96 lock;
        bool everBarred;
        uint8 challengeWindow;
    }

    function _assign(
        Round memory round,
        IDeals.Deal memory d,
        NodeId node,
        IRegistry.NodeQuote memory offered
    ) internal {
        uint32 firstEpoch = round.epoch + 1;
        // Field by field, nothing in between: the compiler makes one write of it.
        IDeals.Worker storage worker = _workers[round.deal][node];
        worker.pricePerUnitEpoch = uint72(offered.askPerUnitEpoch); // at most the price limit, which fits
        worker.lockMilliMill = round.lockMilliMill;
        worker.provider = offered.provider;
        worker.firstEpoch = firstEpoch;
        worker.settledEpoch = round.epoch;
        worker.challengeWindow = round.challengeWindow;
        _lists[round.deal].push(d.workers, offered.provider);
        // At most 32 workers, each at most at the price limit: the terms were accepted only if that fits the rate.
        unchecked {
            ++d.workers;
            d.ratePerEpoch += uint80(uint256(offered.askPerUnitEpoch) * d.unitsPerWorker);
        }
        emit IDeals.WorkerAssigned(
            round.deal,
            node,
            offered.provider,
            offered.askPerUnitEpoch,
            firstEpoch,
            round.lock,
            round.epoch + round.challengeWindow
        );

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
    ) internal view returns (IDeals.Refusal) {
        if (ProviderId.unwrap(offered.provider) == 0) return IDeals.Refusal.NodeUnknown;
        if (offered.retired) return IDeals.Refusal.NodeRetired;
        if (!offered.offerOn) return IDeals.Refusal.OfferOff;
        if (offered.askPerUnitEpoch > candidate.maxAsk) return IDeals.Refusal.AboveListedAsk;
        if (offered.askPerUnitEpoch > terms.priceLimit) return IDeals.Refusal.AbovePriceLimit;
        if (offered.askPerUnitEpoch < terms.minimumAsk) return IDeals.Refusal.BelowMinimumAsk;
        if (offered.freeUnits < d.unitsPerWorker) return IDeals.Refusal.UnitsShort;
        if (staking.freeStake(offered.provider) < round.lock) return IDeals.Refusal.StakeShort;
        if (!DealTerms.admitsAttributes(terms, registry, candidate.node, offered.attributes)) {
            return IDeals.Refusal.ConstraintUnmet;
        }
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

    function _quoteNode(NodeId node, address token) internal view returns (IRegistry.NodeQuote memory) {
        return registry.quoteNode(node, token);
    }

    function _round(
        DealId deal,
        IDeals.Deal memory d,
        uint256 stakePerUnit
    ) internal view returns (Round memory round) {
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
