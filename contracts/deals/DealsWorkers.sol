// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParameters} from "../governance/IParameters.sol";
import {EpochBitmap} from "../libraries/EpochBitmap.sol";
import {DealId, NodeId, ProviderId} from "../libraries/Ids.sol";
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsControl} from "./IDealsControl.sol";
import {ProviderList} from "./ProviderList.sol";

/// @title How workers leave, and who is kept out
abstract contract DealsWorkers is IDealsControl, DealsBase {
    using ProviderList for ProviderList.List;

    // ---- the owner ----

    /// @inheritdoc IDealsControl
    function dismiss(DealId deal, NodeId node) external {
        IDeals.Deal memory d = _settle(deal);
        _checkOwner(deal);
        _dismiss(deal, d, node);
    }

    /// @inheritdoc IDealsControl
    function bar(DealId deal, ProviderId provider) external {
        _checkOwner(deal);
        _bar(deal, provider);
    }

    /// @inheritdoc IDealsControl
    function unbar(DealId deal, ProviderId provider) external {
        _checkOwner(deal);
        if (!_barred[deal][provider]) return;
        _barred[deal][provider] = false;
        emit IDeals.ProviderUnbarred(deal, provider);
    }

    // ---- the provider ----

    /// @inheritdoc IDealsControl
    function resign(DealId deal, NodeId node) external {
        IDeals.Deal memory d = _settle(deal);
        IDeals.Worker memory worker = _workerOf(deal, node);
        _checkCaller(deal, _ownerOf(worker.provider));
        _checkRunning(deal, d, node, worker);
        uint32 given = _notices[deal][node];
        require(given == 0, IDeals.DealsAlreadyResigned(deal, node, given));
        uint32 notice = currentEpoch() + _values().resignNoticeEpochs;
        _notices[deal][node] = notice;
        emit IDeals.WorkerResigned(deal, node, notice);
    }

    /// @inheritdoc IDealsControl
    function endWorker(DealId deal, NodeId node) external {
        IDeals.Deal memory d = _settle(deal);
        IDeals.Worker memory worker = _runningWorker(deal, d, node);
        uint32 notice = _notices[deal][node];
        IDeals.EndCause cause = IDeals.EndCause.Resigned;
        if (notice == 0 || currentEpoch() < notice) {
            bool byProvider = msg.sender == _ownerOf(worker.provider);
            if (!byProvider || d.insolventSince == 0) {
                require(notice == 0, IDeals.DealsNoticeNotOver(deal, node, notice));
                require(byProvider, IDeals.DealsNotResigned(deal, node));
                revert IDeals.DealsNotInsolvent(deal);
            }
            cause = IDeals.EndCause.LeftInsolvent;
        }
        _endWorker(deal, d, node, worker, cause);
    }

    // ---- anyone ----

    /// @inheritdoc IDealsControl
    function evict(DealId deal, NodeId node) external {
        IDeals.Deal memory d = _settle(deal);
        IDeals.Worker memory worker = _runningWorker(deal, d, node);
        IParameters.Values memory values = _values();
        Billing.Decision memory nothingPending;
        uint256 missed = _countedMisses(deal, d, node, worker, nothingPending, values.maxMissedEpochs);
        require(missed >= values.maxMissedEpochs, IDeals.DealsNotEvictable(deal, node, missed, values.maxMissedEpochs));

        _endWorker(deal, d, node, worker, IDeals.EndCause.Evicted);
        _bar(deal, worker.provider);
        // a worker that runs was never slashed: a slash ends it
        if (values.evictionSlashBps != 0) _slash(deal, node, worker, values.evictionSlashBps, msg.sender);
    }

    // ---- slashers ----

    /// @inheritdoc IDealsControl
    function slashWorker(DealId deal, NodeId node, uint16 bps, address reporter) external returns (uint64 slash) {
        require(staking.isSlasher(msg.sender), IDeals.DealsSlasherUnauthorized(msg.sender));
        IDeals.Deal memory d = _settle(deal);
        IDeals.Worker memory worker = _workerOf(deal, node);
        uint256 slashedBps = Math.min(Billing.BPS, uint256(worker.slashedBps) + bps);
        require(slashedBps > worker.slashedBps, IDeals.DealsNothingToSlash(deal, node, worker.slashedBps));
        bool runs = worker.lastEpoch == 0 && currentEpoch() <= _lastEpochOf(worker, d);
        if (runs) _endWorker(deal, d, node, worker, IDeals.EndCause.Slashed);
        return _slash(deal, node, worker, uint16(slashedBps), reporter); // at most 10,000
    }

    // ---- views ----

    /// @inheritdoc IDealsControl
    function missedEpochs(DealId deal, NodeId node) external view returns (uint32) {
        (IDeals.Deal memory d, Billing.Decision memory x) = _decided(deal);
        IDeals.Worker memory worker = _workerOf(deal, node);
        if (_lastEpochOf(worker, d) < _lastCompletedEpoch()) return 0;
        return uint32(_countedMisses(deal, d, node, worker, x, _values().maxMissedEpochs)); // at most 16 bits
    }

    /// @inheritdoc IDealsControl
    function noticeEpoch(DealId deal, NodeId node) external view returns (uint32) {
        return _notices[deal][node];
    }

    /// @inheritdoc IDealsControl
    function isBarred(DealId deal, ProviderId provider) external view returns (bool) {
        return _barred[deal][provider];
    }

    // ---- internal ----

    function _dismiss(DealId deal, IDeals.Deal memory d, NodeId node) internal {
        _endWorker(deal, d, node, _runningWorker(deal, d, node), IDeals.EndCause.Dismissed);
    }

    /// @dev A worker that has begun and was neither ended nor outlived by its deal.
    function _runningWorker(
        DealId deal,
        IDeals.Deal memory d,
        NodeId node
    ) private view returns (IDeals.Worker memory worker) {
        worker = _workerOf(deal, node);
        _checkRunning(deal, d, node, worker);
        require(worker.firstEpoch <= currentEpoch(), IDeals.DealsWorkerNotStarted(deal, node, worker.firstEpoch));
    }

    function _checkRunning(DealId deal, IDeals.Deal memory d, NodeId node, IDeals.Worker memory worker) private view {
        uint32 last = _lastEpochOf(worker, d);
        require(worker.lastEpoch == 0 && currentEpoch() <= last, IDeals.DealsWorkerEnded(deal, node, last));
    }

    /// @dev The present epoch, charged at its start, is the worker's last. `d` is changed as what is stored.
    function _endWorker(
        DealId deal,
        IDeals.Deal memory d,
        NodeId node,
        IDeals.Worker memory worker,
        IDeals.EndCause cause
    ) private {
        uint32 last = currentEpoch();
        _workers[deal][node].lastEpoch = last;

        _lists[deal].remove(d.workers, worker.provider);
        --d.workers;
        // the rate is the sum over the workers, and this one's part of it was a uint80 when it was added
        d.ratePerEpoch -= uint80(uint256(worker.pricePerUnitEpoch) * d.unitsPerWorker);
        IDeals.Deal storage stored = _deals[deal];
        stored.workers = d.workers;
        stored.ratePerEpoch = d.ratePerEpoch;
        emit IDeals.WorkerEnded(deal, node, cause, last);
    }

    /// @dev Takes what the slashed share of the original lock grows by: however slashes are split or ordered, it is the same.
    function _slash(
        DealId deal,
        NodeId node,
        IDeals.Worker memory worker,
        uint16 slashedBps,
        address reporter
    ) private returns (uint64 slash) {
        uint96 amount =
            Billing.slashOf(worker.lockMilliMill, slashedBps) -
                Billing.slashOf(worker.lockMilliMill, worker.slashedBps);
        _workers[deal][node].slashedBps = slashedBps;
        slash = staking.slash(worker.provider, amount, _lists[deal].owner, reporter);
        emit IDeals.WorkerSlashed(deal, node, slash, slashedBps, amount);
    }

    function _bar(DealId deal, ProviderId provider) private {
        if (_barred[deal][provider]) return;
        _barred[deal][provider] = true;
        _matching[deal].everBarred = true;
        emit IDeals.ProviderBarred(deal, provider);
    }

    /// @dev Misses in a row, the last completed epoch backwards, at most `most`. An epoch counts if the deal had funded it,
    /// the worker had begun, its node was absent, and some node of the network was there (else the chain was at fault).
    function _countedMisses(
        DealId deal,
        IDeals.Deal memory d,
        NodeId node,
        IDeals.Worker memory worker,
        Billing.Decision memory pending,
        uint256 most
    ) private view returns (uint256 missed) {
        uint256 epoch = _lastCompletedEpoch();
        uint256 word = type(uint256).max;
        uint256 missedBits = 0;
        while (missed < most && epoch >= worker.firstEpoch) {
            if (EpochBitmap.wordOf(epoch) != word) {
                word = EpochBitmap.wordOf(epoch);
                missedBits =
                    registry.networkAttendedWord(uint32(word)) & // epochs are uint32: so are their words
                    ~_attendedWord(node, word) &
                    ~_unfundedBits(deal, d, word, pending);
            }
            if ((missedBits >> (epoch & 255)) & 1 == 0) break;
            ++missed;
            --epoch; // firstEpoch is at least 1
        }
    }
}
