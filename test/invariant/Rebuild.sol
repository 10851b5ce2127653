// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Billing} from "../../contracts/deals/Billing.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IModules} from "../../contracts/deals/IModules.sol";
import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {Vm} from "../lib/Vm.sol";

/// @notice Invariant 9: the state of Deals, rebuilt from its events and nothing else (an epoch is known of every block).
contract Rebuild {
    struct Paid {
        uint256 pay;
        uint256 fee;
        uint256 refund;
    }

    mapping(uint256 deal => IDeals.Deal) private _deals;
    mapping(uint256 deal => address) public ownerOf;
    mapping(uint256 deal => uint32) public disputeWindowOf;
    mapping(uint256 deal => mapping(uint256 node => IDeals.Worker)) private _workers;
    mapping(uint256 deal => mapping(uint256 node => uint32)) public notices;
    mapping(uint256 deal => mapping(uint256 provider => bool)) public barred;
    mapping(uint256 deal => mapping(uint256 node => IDeals.Tip)) private _tips;
    mapping(address account => uint256) public earnings;
    mapping(address account => uint256) public refunds;
    uint256 public fees;

    struct ModuleVersion {
        uint32 version;
        uint32 fromEpoch;
        bytes32 digest;
        bytes32 commitment;
    }

    /// @notice In the order of their events.
    mapping(uint256 deal => ModuleVersion[]) private _modules;

    /// @notice Settled per assignment, in the order of assignment.
    Paid[] private _paid;
    mapping(uint256 deal => mapping(uint256 node => uint256)) private _assignment;

    function getDeal(uint256 deal, uint32 epoch) external view returns (IDeals.Deal memory d) {
        d = _deals[deal];
        Billing.decide(d, epoch);
    }

    function getWorker(uint256 deal, uint256 node) external view returns (IDeals.Worker memory) {
        return _workers[deal][node];
    }

    function getTip(uint256 deal, uint256 node) external view returns (IDeals.Tip memory) {
        return _tips[deal][node];
    }

    function paid(uint256 assignment) external view returns (Paid memory) {
        return _paid[assignment];
    }

    function moduleCount(uint256 deal) external view returns (uint256) {
        return _modules[deal].length;
    }

    /// @notice The last module that was said to begin in the epoch or before.
    function moduleAt(
        uint256 deal,
        uint32 epoch
    ) external view returns (uint32 version, bytes32 digest, bytes32 commitment) {
        for (uint256 i = 0; i < _modules[deal].length; ++i) {
            ModuleVersion storage v = _modules[deal][i];
            if (v.fromEpoch <= epoch) (version, digest, commitment) = (v.version, v.digest, v.commitment);
        }
    }

    function absorb(Vm.Log memory log) external {
        bytes32 name = log.topics[0];
        uint256 deal = log.topics.length > 1 ? uint256(log.topics[1]) : 0;
        uint256 node = log.topics.length > 2 ? uint256(log.topics[2]) : 0;
        if (name == IDeals.DealCreated.selector) _created(deal, node, log.data);
        else if (name == IDeals.Deposited.selector) _deals[deal].balance += abi.decode(log.data, (uint88));
        else if (name == IDeals.Withdrawn.selector) _deals[deal].balance -= abi.decode(log.data, (uint88));
        else if (name == IDeals.EpochsDecided.selector) _decided(_deals[deal], log.data);
        else if (name == IDeals.WorkerAssigned.selector) _assigned(deal, node, log);
        else if (name == IDeals.TipHeld.selector) _tipHeld(deal, node, log);
        else if (name == IDeals.WorkerReplaced.selector) _replaced(deal, node, log);
        else if (name == IDeals.TipPaid.selector) _tipPaid(deal, node, log);
        else if (name == IDeals.WorkerResigned.selector) notices[deal][node] = abi.decode(log.data, (uint32));
        else if (name == IDeals.WorkerEnded.selector) _ended(deal, node, log.data);
        else if (name == IDeals.WorkerSlashed.selector) _slashed(deal, node, log.data);
        else if (name == IDeals.WorkerPaid.selector) _paidOut(deal, node, log.data);
        else if (name == IDeals.WorkerReleased.selector) _released(deal, node);
        else if (name == IDeals.ProviderBarred.selector) barred[deal][node] = true;
        else if (name == IDeals.ProviderUnbarred.selector) barred[deal][node] = false;
        else if (name == IDeals.DealEnded.selector) (_deals[deal].endEpoch, ) = abi.decode(log.data, (uint32, bool));
        else if (name == IDeals.TargetChanged.selector) _deals[deal].targetWorkers = abi.decode(log.data, (uint8));
        else if (name == IModules.ModuleChanged.selector) _moduleChanged(deal, log.data);
        else if (name == IDeals.EarningsWithdrawn.selector) _tookEarnings(deal, log.data);
        else if (name == IDeals.RefundWithdrawn.selector) refunds[address(uint160(deal))] = 0;
        else if (name == IDeals.FeesCollected.selector) fees = 0;
    }

    function _created(uint256 deal, uint256 owner, bytes memory data) private {
        (uint16 feeBps, uint16 minFundedEpochs, uint32 window, uint32 epoch, IDeals.Terms memory terms) = abi.decode(
            data,
            (uint16, uint16, uint32, uint32, IDeals.Terms)
        );
        IDeals.Deal storage d = _deals[deal];
        d.paymentToken = terms.paymentToken;
        d.endEpoch = terms.endEpoch;
        d.feeBps = feeBps;
        d.unitsPerWorker = terms.unitsPerWorker;
        d.minFundedEpochs = minFundedEpochs;
        d.targetWorkers = terms.targetWorkers;
        d.minWorkers = terms.minWorkers;
        d.settledEpoch = epoch;
        ownerOf[deal] = address(uint160(owner));
        disputeWindowOf[deal] = window;
    }

    function _moduleChanged(uint256 deal, bytes memory data) private {
        _modules[deal].push(abi.decode(data, (ModuleVersion)));
    }

    function _decided(IDeals.Deal storage d, bytes memory data) private {
        (uint32 through, uint32 funded, uint256 charged) = abi.decode(data, (uint32, uint32, uint256));
        d.balance -= uint88(charged);
        if (funded != 0) d.insolventSince = 0;
        if (d.settledEpoch + funded < through) {
            d.everUnfunded = true;
            if (d.insolventSince == 0) d.insolventSince = d.settledEpoch + funded + 1;
        }
        _advance(d, through);
    }

    function _assigned(uint256 deal, uint256 node, Vm.Log memory log) private {
        (uint72 price, uint32 first, uint96 lock, uint32 challengeEnd) = abi.decode(
            log.data,
            (uint72, uint32, uint96, uint32)
        );
        IDeals.Deal storage d = _deals[deal];
        _withoutWorkers(d, first - 1);
        ++d.workers;
        d.ratePerEpoch += uint80(price) * d.unitsPerWorker;
        d.assignedInSettledEpoch = true;
        IDeals.Worker storage w = _workers[deal][node];
        w.pricePerUnitEpoch = price;
        w.lockMilliMill = uint32(lock / 1e15);
        w.provider = ProviderId.wrap(uint32(uint256(log.topics[3])));
        w.firstEpoch = first;
        w.settledEpoch = first - 1;
        w.challengeWindow = uint8(challengeEnd + 1 - first);
        _assignment[deal][node] = _paid.length;
        _paid.push();
    }

    function _ended(uint256 deal, uint256 node, bytes memory data) private {
        (, uint32 last) = abi.decode(data, (IDeals.EndCause, uint32));
        IDeals.Worker storage w = _workers[deal][node];
        IDeals.Deal storage d = _deals[deal];
        --d.workers;
        d.ratePerEpoch -= uint80(w.pricePerUnitEpoch) * d.unitsPerWorker;
        w.lastEpoch = last;
    }

    function _slashed(uint256 deal, uint256 node, bytes memory data) private {
        (_workers[deal][node].slashedBps, ) = abi.decode(data, (uint16, uint96));
    }

    function _paidOut(uint256 deal, uint256 node, bytes memory data) private {
        (uint32 through, uint256 pay, uint256 fee, uint256 refund, address payout, address recipient) = abi.decode(
            data,
            (uint32, uint256, uint256, uint256, address, address)
        );
        _workers[deal][node].settledEpoch = through;
        fees += fee;
        refunds[ownerOf[deal]] += refund;
        if (recipient == address(0)) earnings[payout] += pay;
        Paid storage p = _paid[_assignment[deal][node]];
        p.pay += pay;
        p.fee += fee;
        p.refund += refund;
    }

    /// @dev All of them, or what a claim of many had credited just before.
    function _tookEarnings(uint256 payout, bytes memory data) private {
        (, uint256 amount) = abi.decode(data, (address, uint256));
        earnings[address(uint160(payout))] -= amount;
    }

    function _released(uint256 deal, uint256 node) private {
        delete _workers[deal][node];
        delete notices[deal][node];
        delete _tips[deal][node];
    }

    function _tipHeld(uint256 deal, uint256 node, Vm.Log memory log) private {
        uint80 amount = abi.decode(log.data, (uint80));
        _deals[deal].balance -= amount;
        _tips[deal][node].matcher = address(uint160(uint256(log.topics[3])));
        _tips[deal][node].amount = amount;
    }

    /// @dev What was held for the one is held for the other, whose match is that of the first.
    function _replaced(uint256 deal, uint256 replaced, Vm.Log memory log) private {
        uint256 candidate = uint256(log.topics[3]);
        (address challenger, uint96 share) = abi.decode(log.data, (address, uint96));
        IDeals.Tip memory tip = _tips[deal][replaced];
        delete _tips[deal][replaced];
        uint32 later = _workers[deal][candidate].firstEpoch - _workers[deal][replaced].firstEpoch;
        tip.epochsSinceMatch += uint16(later);
        if (tip.amount != 0) (tip.challenger, tip.share) = (challenger, share);
        _tips[deal][candidate] = tip;
    }

    function _tipPaid(uint256 deal, uint256 node, Vm.Log memory log) private {
        (uint256 rest, address challenger, uint256 share) = abi.decode(log.data, (uint256, address, uint256));
        earnings[address(uint160(uint256(log.topics[3])))] += rest;
        earnings[challenger] += share;
        delete _tips[deal][node];
    }

    /// @dev While nobody works, no event tells of the epochs that pass; all of them count as funded.
    function _withoutWorkers(IDeals.Deal storage d, uint32 epoch) private {
        if (epoch <= d.settledEpoch) return;
        d.insolventSince = 0;
        _advance(d, epoch);
    }

    function _advance(IDeals.Deal storage d, uint32 epoch) private {
        if (epoch > d.settledEpoch) d.assignedInSettledEpoch = false;
        d.settledEpoch = epoch;
    }
}
