// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DealId, NodeId} from "../libraries/Ids.sol";
import {Billing} from "./Billing.sol";
import {DealTerms} from "./DealTerms.sol";
import {DealsWorkers} from "./DealsWorkers.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsControl} from "./IDealsControl.sol";

/// @title How many workers a deal wants, and the key beside its owner that may change it
abstract contract DealsScaling is DealsWorkers {
    /// @inheritdoc IDealsControl
    function setTarget(
        DealId deal,
        IDeals.Terms calldata terms,
        uint8 targetWorkers,
        NodeId[] calldata dismissed
    ) external {
        _checkTerms(deal, terms);
        IDeals.Deal memory d = _settle(deal);
        address owner = _lists[deal].owner;
        if (msg.sender != owner) _useScaler(deal, terms, d, owner, targetWorkers, dismissed.length);
        _checkNotEnding(deal, d);
        require(
            terms.minWorkers <= targetWorkers && targetWorkers <= terms.maxWorkers,
            IDeals.DealsTargetOutOfBounds(deal, targetWorkers, terms.minWorkers, terms.maxWorkers)
        );
        for (uint256 i = 0; i < dismissed.length; ++i) _dismiss(deal, d, dismissed[i]);
        require(d.workers <= targetWorkers, IDeals.DealsWorkersAboveTarget(deal, d.workers, targetWorkers));
        if (targetWorkers > d.targetWorkers) {
            uint256 needed =
                Billing.reservedEpochs(d, currentEpoch()) * DealTerms.maximumRate(terms, targetWorkers) +
                    DealTerms.tips(terms, targetWorkers - d.workers); // no more workers than wanted, as was just checked
            require(d.balance >= needed, IDeals.DealsBalanceTooSmall(deal, d.balance, needed));
        }
        _deals[deal].targetWorkers = targetWorkers;
        emit IDeals.TargetChanged(deal, targetWorkers);
    }

    /// @inheritdoc IDealsControl
    function setScaler(DealId deal, address key, uint256 capPerEpoch) external {
        _checkOwner(deal);
        require(key != address(0) || capPerEpoch == 0, IDeals.DealsZeroAddress());
        Scaler storage scaler = _scalers[deal];
        (scaler.key, scaler.capPerEpoch) = (key, SafeCast.toUint88(capPerEpoch));
        emit ScalerChanged(deal, key, capPerEpoch);
    }

    /// @inheritdoc IDealsControl
    function getScaler(DealId deal) external view returns (address key, uint256 capPerEpoch, uint32 nextEpoch) {
        Scaler storage scaler = _scalers[deal];
        return (scaler.key, scaler.capPerEpoch, scaler.nextEpoch);
    }

    // ---- internal ----

    /// @dev What holds for the scaler beyond what holds for the owner; any other caller is refused. `d` is as it was before.
    /// In an epoch a deal is charged for at most `target` workers, at most at the price limit, and pays at most `target`
    /// tips: none of those assigned in it can be dismissed before the next. So the cap holds for all that it spends.
    function _useScaler(
        DealId deal,
        IDeals.Terms calldata terms,
        IDeals.Deal memory d,
        address owner,
        uint8 targetWorkers,
        uint256 dismissed
    ) private {
        Scaler storage scaler = _scalers[deal];
        if (msg.sender != scaler.key) _checkCaller(deal, owner);
        uint32 current = currentEpoch();
        uint32 next = scaler.nextEpoch;
        require(next <= current, DealsScalerTooSoon(deal, current, next));
        uint256 surplus = Math.saturatingSub(d.workers, targetWorkers);
        require(dismissed <= surplus, DealsScalerDismissal(deal, dismissed, surplus));
        if (targetWorkers > d.targetWorkers) {
            uint256 cost = DealTerms.maximumRate(terms, targetWorkers) + DealTerms.tips(terms, targetWorkers);
            uint256 cap = scaler.capPerEpoch;
            require(cost <= cap, DealsScalerCapExceeded(deal, cost, cap));
        }
        scaler.nextEpoch = current + 1;
        emit TargetScaled(deal, msg.sender, current);
    }
}
