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
    using ProviderList for mapping(uint256 word => uint256 ids);

    /// @inheritdoc IDeals
    function matchDeal(
        DealId deal,
        Terms calldata terms,
        Candidate[] calldata candidates
    ) external returns (Refusal[] memory refusals) {
        Deal memory d = _settleWithTerms(deal, terms);
        _checkNotEnding(deal, d);
        require(d.workers < d.targetWorkers, DealsTargetReached(deal, d.targetWorkers));

        uint32 lockMilliMill = _lockMilliMill(terms);
        uint8 workersBefore = d.workers;
        refusals = new Refusal[](candidates.length);
        for (uint256 i = 0; i < candidates.length; ++i) {
            NodeId node = candidates[i].node;
            IRegistry.NodeQuote memory offered = registry.quoteNode(node, terms.paymentToken);
            Refusal refusal = _refusal(deal, terms, d, node, offered, candidates[i].maxAsk, lockMilliMill);
            refusals[i] = refusal;
            if (refusal == Refusal.None) _assign(deal, terms, d, node, offered, lockMilliMill);
            else emit NodeSkipped(deal, node, refusal);
        }

        require(d.workers != workersBefore, DealsNothingMatched(deal));
        require(d.workers >= terms.minWorkers, DealsBelowMinimumWorkers(deal, d.workers, terms.minWorkers));
        uint256 needed = Billing.reserve(d, currentEpoch());
        require(d.balance >= needed, DealsBalanceTooSmall(deal, d.balance, needed));

        Deal storage stored = _deals[deal];
        stored.workers = d.workers;
        stored.lastAssignedEpoch = currentEpoch();
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
        uint32 lockMilliMill = _lockMilliMill(terms);
        refusals = new Refusal[](nodes.length);
        asks = new uint80[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            IRegistry.NodeQuote memory offered = registry.quoteNode(nodes[i], terms.paymentToken);
            refusals[i] = _refusal(deal, terms, d, nodes[i], offered, type(uint80).max, lockMilliMill);
            asks[i] = offered.askPerUnitEpoch;
        }
    }

    /// @dev Assigns the node from the next epoch on. Changes `d` in memory; the caller stores it.
    function _assign(
        DealId deal,
        Terms calldata terms,
        Deal memory d,
        NodeId node,
        IRegistry.NodeQuote memory offered,
        uint32 lockMilliMill
    ) private {
        uint32 firstEpoch = currentEpoch() + 1;
        uint96 lock = Billing.lockOf(lockMilliMill);
        _workers[deal][node] = Worker({
            pricePerUnitEpoch: offered.askPerUnitEpoch,
            lockMilliMill: lockMilliMill,
            provider: offered.provider,
            firstEpoch: firstEpoch,
            lastEpoch: 0,
            settledEpoch: firstEpoch - 1,
            slashedBps: 0
        });
        _providers[deal].push(d.workers, offered.provider);
        ++d.workers;
        // the ask is at most the price limit, and the terms were accepted only if all workers at that price fit
        d.ratePerEpoch += uint80(uint256(offered.askPerUnitEpoch) * terms.unitsPerWorker);
        emit WorkerAssigned(deal, node, offered.provider, offered.askPerUnitEpoch, firstEpoch, lock);

        registry.takeUnits(node, terms.unitsPerWorker);
        staking.lock(offered.provider, lock);
    }

    /// @dev Why `node` is not taken, in the order of the enum; `d` is decided up to the present epoch.
    function _refusal(
        DealId deal,
        Terms calldata terms,
        Deal memory d,
        NodeId node,
        IRegistry.NodeQuote memory offered,
        uint80 maxAsk,
        uint32 lockMilliMill
    ) private view returns (Refusal) {
        if (ProviderId.unwrap(offered.provider) == 0) return Refusal.NodeUnknown;
        if (offered.retired) return Refusal.NodeRetired;
        if (!offered.offerOn) return Refusal.OfferOff;
        if (offered.askPerUnitEpoch > maxAsk) return Refusal.AboveListedAsk;
        if (offered.askPerUnitEpoch > terms.priceLimit) return Refusal.AbovePriceLimit;
        if (offered.askPerUnitEpoch < terms.minimumAsk) return Refusal.BelowMinimumAsk;
        if (offered.freeUnits < terms.unitsPerWorker) return Refusal.UnitsShort;
        if (staking.freeStake(offered.provider) < Billing.lockOf(lockMilliMill)) return Refusal.StakeShort;
        if (!DealTerms.admitsAttributes(terms, offered.attributes)) return Refusal.ConstraintUnmet;
        if (!DealTerms.admitsProvider(terms, offered.provider)) return Refusal.NotListed;
        if (_providers[deal].count(d.workers, offered.provider) >= terms.maxWorkersPerProvider) {
            return Refusal.ProviderLimit;
        }
        if (_barred[deal][offered.provider]) return Refusal.ProviderBarred;
        if (_workers[deal][node].firstEpoch != 0) return Refusal.AlreadyWorking;
        if (!offered.attendedRecently) return Refusal.NotAttending;
        if (d.workers >= d.targetWorkers) return Refusal.TargetReached;
        return Refusal.None;
    }

    /// @dev What a new worker locks, in thousandths of a MILL; stakePerUnit is a multiple of that.
    function _lockMilliMill(Terms calldata terms) private view returns (uint32) {
        uint256 stakePerUnit = parameters.values().stakePerUnit;
        return SafeCast.toUint32((stakePerUnit * terms.unitsPerWorker) / Billing.WEI_PER_MILLI_MILL);
    }
}
