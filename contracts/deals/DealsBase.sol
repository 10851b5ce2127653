// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IParameters} from "../governance/IParameters.sol";
import {EpochBitmap} from "../libraries/EpochBitmap.sol";
import {EpochClock} from "../libraries/EpochClock.sol";
import {DealId, NodeId, ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IStaking} from "../staking/IStaking.sol";
import {Billing} from "./Billing.sol";
import {DealTerms} from "./DealTerms.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsState} from "./IDealsState.sol";
import {ProviderList} from "./ProviderList.sol";

/// @title State of the deals, and what every part of the contract needs
/// @dev Every call that changes a deal settles it first (`_settle`): all epochs up to the present one are decided at the
/// rate that was in force, so that whatever the call then changes counts from the next epoch. Calls that only pay a worker
/// decide the same epochs without storing it (`_decided`): until something changes, the outcome stays the same.
/// Registry, Staking and Parameters are our own contracts and call nobody back. Tokens may: functions that move them
/// carry `nonReentrant` and have finished their own changes by then.
abstract contract DealsBase is IDealsState, EpochClock, ReentrancyGuardTransient {
    /// @inheritdoc IDealsState
    IRegistry public immutable registry;

    /// @inheritdoc IDealsState
    IStaking public immutable staking;

    /// @inheritdoc IDealsState
    IParameters public immutable parameters;

    /// @inheritdoc IDealsState
    address public immutable treasury;

    /// @inheritdoc IDealsState
    uint64 public dealCount;

    mapping(DealId deal => IDeals.Deal) internal _deals;

    /// @dev What a match reads beyond the deal. One slot.
    /// @param termsHash see DealTerms.hash
    /// @param everBarred some provider was barred; if not, nobody needs to look for it
    struct Matching {
        bytes31 termsHash;
        bool everBarred;
    }

    mapping(DealId deal => Matching) internal _matching;

    /// @dev firstEpoch is 0 where there is no worker.
    mapping(DealId deal => mapping(NodeId node => IDeals.Worker)) internal _workers;

    /// @dev First epoch in which a resigned worker may be ended.
    mapping(DealId deal => mapping(NodeId node => uint32 epoch)) internal _notices;

    /// @dev Of workers with a tip, and of those that replaced another one after the epoch of the match.
    mapping(DealId deal => mapping(NodeId node => IDeals.Tip)) internal _tips;

    /// @dev The deal's owner, and a provider for each of its workers.
    mapping(DealId deal => ProviderList.List) internal _lists;

    mapping(DealId deal => mapping(ProviderId provider => bool)) internal _barred;

    /// @dev Seconds after a worker's last epoch before it can be released, as the parameter was at the creation; 0 in deals
    /// whose terms have no function commitment. Read by no match and no claim.
    mapping(DealId deal => uint32) internal _disputeWindows;

    /// @dev See EpochBitmap; written only for epochs that the balance did not cover.
    mapping(DealId deal => mapping(uint256 word => uint256 bits)) internal _unfunded;

    mapping(address payout => mapping(address token => uint256)) internal _earnings;
    mapping(address owner => mapping(address token => uint256)) internal _refunds;
    mapping(address token => uint256) internal _fees;

    constructor(IRegistry registry_, IStaking staking_, IParameters parameters_, address treasury_) {
        require(
            address(registry_) != address(0) &&
                address(staking_) != address(0) &&
                address(parameters_) != address(0) &&
                treasury_ != address(0),
            IDeals.DealsZeroAddress()
        );
        registry = registry_;
        staking = staking_;
        parameters = parameters_;
        treasury = treasury_;
    }

    // ---- settling ----

    /// @dev Decides all epochs up to the present one, stores the result and returns it.
    function _settle(DealId deal) internal returns (IDeals.Deal memory d) {
        Billing.Decision memory x;
        (d, x) = _decided(deal);
        if (!x.any) return d;

        IDeals.Deal storage stored = _deals[deal];
        stored.balance = d.balance;
        stored.settledEpoch = d.settledEpoch;
        stored.insolventSince = d.insolventSince;
        stored.assignedInSettledEpoch = false;
        if (x.unfundedThrough != 0) {
            stored.everUnfunded = true;
            uint256 lastWord = EpochBitmap.wordOf(x.unfundedThrough);
            for (uint256 word = EpochBitmap.wordOf(x.unfundedFrom); word <= lastWord; ++word) {
                _unfunded[deal][word] |= EpochBitmap.rangeMask(word, x.unfundedFrom, x.unfundedThrough);
            }
        }
        if (d.ratePerEpoch != 0) emit IDeals.EpochsDecided(deal, d.settledEpoch, x.fundedEpochs, x.charged);
        if (x.endedInsolvent) {
            stored.endEpoch = d.endEpoch;
            emit IDeals.DealEnded(deal, d.endEpoch, true);
        }
    }

    /// @dev The deal as `_settle` would store it in this block.
    function _decided(DealId deal) internal view returns (IDeals.Deal memory d, Billing.Decision memory x) {
        d = _deals[deal];
        require(d.paymentToken != address(0), IDeals.DealsUnknown(deal));
        x = Billing.decide(d, currentEpoch());
    }

    /// @dev Unfunded epochs of a word: those stored and those that `x` would add. `d` is decided.
    function _unfundedBits(
        DealId deal,
        IDeals.Deal memory d,
        uint256 word,
        Billing.Decision memory x
    ) internal view returns (uint256 bits) {
        if (!d.everUnfunded) return 0;
        bits = _unfunded[deal][word];
        if (x.unfundedThrough != 0) bits |= EpochBitmap.rangeMask(word, x.unfundedFrom, x.unfundedThrough);
    }

    // ---- checks ----

    function _checkTerms(DealId deal, IDeals.Terms calldata terms) internal view {
        bytes32 expected = _matching[deal].termsHash;
        require(expected != bytes32(0), IDeals.DealsUnknown(deal));
        bytes32 actual = DealTerms.hash(terms);
        require(actual == expected, IDeals.DealsTermsMismatch(deal, expected, actual));
    }

    function _checkOwner(DealId deal) internal view {
        _checkCaller(deal, _lists[deal].owner);
    }

    function _checkCaller(DealId deal, address expected) internal view {
        require(msg.sender == expected, IDeals.DealsUnauthorized(deal, msg.sender, expected));
    }

    /// @dev Pausing keeps new deals and new workers out, nothing else.
    function _checkEntryOpen(IParameters.Values memory values) internal view {
        uint48 until = values.entryPausedUntil;
        require(block.timestamp >= until, IDeals.DealsEntryPaused(until));
    }

    /// @dev There must be an epoch after this one.
    function _checkNotEnding(DealId deal, IDeals.Deal memory d) internal view {
        require(d.endEpoch == 0 || currentEpoch() < d.endEpoch, IDeals.DealsEnded(deal, d.endEpoch));
    }

    function _workerOf(DealId deal, NodeId node) internal view returns (IDeals.Worker memory worker) {
        worker = _workers[deal][node];
        require(worker.firstEpoch != 0, IDeals.DealsWorkerUnknown(deal, node));
    }

    // ---- tips ----

    /// @dev Credits what is held for those who found the worker, and forgets it.
    function _creditTip(DealId deal, NodeId node, address token) internal {
        IDeals.Tip storage stored = _tips[deal][node];
        if (stored.amount == 0 && stored.epochsSinceMatch == 0) return;
        IDeals.Tip memory tip = stored;
        delete _tips[deal][node];
        if (tip.amount == 0) return;
        uint256 rest = tip.amount - tip.share; // the share was capped by the amount
        _earnings[tip.matcher][token] += rest;
        if (tip.share != 0) _earnings[tip.challenger][token] += tip.share;
        emit IDeals.TipPaid(deal, node, tip.matcher, rest, tip.challenger, tip.share);
    }

    // ---- our own contracts ----

    function _values() internal view returns (IParameters.Values memory) {
        return parameters.values();
    }

    function _attendedWord(NodeId node, uint256 word) internal view returns (uint256) {
        return registry.attendedWord(node, uint32(word)); // epochs are uint32: so are their words
    }

    function _ownerOf(ProviderId provider) internal view returns (address) {
        return registry.ownerOf(provider);
    }

    // ---- epochs of a worker ----

    /// @dev Last epoch the worker can earn in: its own or its deal's, whichever comes first; max uint32 while both are open.
    function _lastEpochOf(IDeals.Worker memory worker, IDeals.Deal memory d) internal pure returns (uint32 last) {
        last = worker.lastEpoch != 0 ? worker.lastEpoch : type(uint32).max;
        if (d.endEpoch != 0 && d.endEpoch < last) last = d.endEpoch;
    }

    /// @dev Epoch 0 counts as completed in epoch 0: nobody ever earns in it.
    function _lastCompletedEpoch() internal view returns (uint32) {
        uint32 current = currentEpoch();
        return current == 0 ? 0 : current - 1;
    }
}
