// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../libraries/Ids.sol";
import {IDeals} from "./IDeals.sol";

/// @title Deals: changing a deal that runs, claiming for many workers
/// @notice docs/protocol.md, "Deals", Change, Leave, Evict and Pay. Answered at the address of Deals, which passes these calls
/// on. Types, events and errors are those of IDeals, and here those of the scaler.
interface IDealsControl {
    // ---- events and errors of the scaler ----

    /// @notice From now on `key` may change the deal's target, and nobody else but the owner.
    /// @param key zero for nobody
    /// @param capPerEpoch smallest units; see `setScaler`
    event ScalerChanged(DealId indexed deal, address indexed key, uint256 capPerEpoch);

    /// @notice It was the scaler who changed the target, in `epoch`: it can again in the next. Comes before `WorkerEnded` and
    /// `TargetChanged`.
    event TargetScaled(DealId indexed deal, address indexed key, uint32 epoch);

    /// @notice The deal could cost `cost` in an epoch with that target, all workers at the price limit and a tip for each;
    /// the owner lets the scaler spend `cap`.
    error DealsScalerCapExceeded(DealId deal, uint256 cost, uint256 cap);
    /// @notice The scaler changed the target in this epoch; it can again in `nextEpoch`.
    error DealsScalerTooSoon(DealId deal, uint32 epoch, uint32 nextEpoch);
    /// @notice `dismissed` workers were named, and only `surplus` are above the target: a scaler dismisses no more than that.
    error DealsScalerDismissal(DealId deal, uint256 dismissed, uint256 surplus);

    // ---- the owner ----

    /// @notice The owner takes back what is above minFundedEpochs at the present rate (above what its remaining epochs can
    /// cost, if those are fewer); everything once the deal's last epoch has begun.
    /// @param deal a deal of the caller
    /// @param amount smallest units, not 0
    /// @param to who gets it
    /// @dev Reverts: DealsZeroAmount, DealsZeroAddress, DealsUnknown, DealsUnauthorized, DealsWithdrawTooLarge.
    /// Events: Withdrawn.
    function withdraw(DealId deal, uint256 amount, address to) external;

    /// @notice The owner ends the deal: this epoch is its last, or the next one if a worker was assigned in this.
    /// @dev Reverts: DealsUnknown, DealsUnauthorized, DealsEnded if it ends by then anyway. Events: DealEnded.
    function stop(DealId deal) external;

    /// @notice The owner, or the scaler it named, changes how many workers the deal wants. To lower it below the workers there are, name those to
    /// dismiss: this epoch is their last. To raise it the balance must cover minFundedEpochs (the remaining ones, if those
    /// are fewer) with all wanted workers at the price limit, as at the creation.
    /// The scaler can do it once an epoch, names no more than are above the new target, and raises only as far as its cap.
    /// @param deal a deal of the caller, or one whose scaler it is, with an epoch to come
    /// @param terms of the deal
    /// @param targetWorkers workers wanted from now on, within the terms' minWorkers and maxWorkers
    /// @param dismissed nodes whose workers are dismissed, see `dismiss`; at most the target may be left
    /// @dev Reverts: DealsUnknown, DealsTermsMismatch, DealsUnauthorized, DealsEnded, DealsTargetOutOfBounds,
    /// DealsWorkersAboveTarget, DealsBalanceTooSmall, or as `dismiss`; for the scaler also DealsScalerTooSoon,
    /// DealsScalerDismissal, DealsScalerCapExceeded. Events: WorkerEnded, TargetScaled (by the scaler), TargetChanged.
    function setTarget(
        DealId deal,
        IDeals.Terms calldata terms,
        uint8 targetWorkers,
        NodeId[] calldata dismissed
    ) external;

    /// @notice The owner names a key that may call `setTarget` beside it, and nothing else, or takes that right away.
    /// @param deal a deal of the caller
    /// @param key zero for nobody
    /// @param capPerEpoch smallest units of the deal's token: the key raises the target only as far as the deal cannot cost more
    /// in an epoch, all workers at the price limit and a tip for each; 0 if it may only lower; below 2^88, as every balance
    /// @dev Reverts: DealsUnauthorized, DealsZeroAddress (a cap for nobody). Events: ScalerChanged.
    function setScaler(DealId deal, address key, uint256 capPerEpoch) external;

    /// @notice The owner ends a worker: this epoch is its last.
    /// @dev Reverts: DealsUnknown, DealsUnauthorized, DealsWorkerUnknown, DealsWorkerEnded, DealsWorkerNotStarted.
    /// Events: WorkerEnded.
    function dismiss(DealId deal, NodeId node) external;

    /// @notice The owner keeps a provider's nodes out of later matches; nothing happens if it is barred already.
    /// @dev Reverts: DealsUnauthorized. Events: ProviderBarred.
    function bar(DealId deal, ProviderId provider) external;

    /// @notice The owner lets a barred provider in again, an evicted one too; nothing happens if it is not barred.
    /// @dev Reverts: DealsUnauthorized. Events: ProviderUnbarred.
    function unbar(DealId deal, ProviderId provider) external;

    // ---- the provider, and anyone ----

    /// @notice The provider's owner gives notice of resignNoticeEpochs.
    /// @dev Reverts: DealsUnknown, DealsWorkerUnknown, DealsUnauthorized, DealsWorkerEnded, DealsAlreadyResigned.
    /// Events: WorkerResigned.
    function resign(DealId deal, NodeId node) external;

    /// @notice The payout address takes what many workers earned, with one transfer for each payment token. A worker that
    /// cannot be settled is passed over; a token that fails leaves its amount in the caller's earnings. Ends early where the
    /// gas left might not do, or at a ninth token: every worker looked at has an event, WorkerPaid or ClaimSkipped, so that the
    /// rest can be sent again.
    /// @param items workers of nodes whose provider's payout address is the caller
    /// @param upToEpoch last epoch to settle; the last completed one of each worker if that is less
    /// @param recipient who gets the pay
    /// @return looked how many of the items, from the first, were looked at
    /// @dev Give it gas by the number of items: an estimate finds the least with which one item gets through.
    /// Earnings that were there before stay, see `withdrawEarnings`.
    /// Reverts: DealsZeroAddress, DealsOutOfGas (not even the first item could be looked at).
    /// Events: WorkerPaid (credited), ClaimSkipped, then EarningsWithdrawn or EarningsKept for each token.
    function claimAll(
        IDeals.ClaimItem[] calldata items,
        uint32 upToEpoch,
        address recipient
    ) external returns (uint256 looked);

    /// @notice Anyone ends a worker whose notice is over; the provider's owner ends it at once while the deal is insolvent.
    /// This epoch is its last.
    /// @dev Reverts: DealsUnknown, DealsWorkerUnknown, DealsWorkerEnded, DealsWorkerNotStarted, DealsNoticeNotOver,
    /// DealsNotResigned (caller is not the provider's owner), DealsNotInsolvent (it is). Events: WorkerEnded.
    function endWorker(DealId deal, NodeId node) external;

    /// @notice Anyone ends a worker whose node missed the last maxMissedEpochs completed epochs, see `missedEpochs`. This
    /// epoch is its last; evictionSlashBps of its lock are slashed, reported by the caller; its provider is barred from the
    /// deal.
    /// @dev Reverts: DealsUnknown, DealsWorkerUnknown, DealsWorkerEnded, DealsWorkerNotStarted, DealsNotEvictable.
    /// Events: WorkerEnded, ProviderBarred, WorkerSlashed.
    function evict(DealId deal, NodeId node) external;

    // ---- slashers ----

    /// @notice A slasher takes a share of a worker's original lock, into the escrow of Staking; 40 % are for the deal's owner
    /// if nobody vetoes it. A worker that runs ends: this epoch is its last. Until it is released one that has ended, or was
    /// slashed before, can be slashed too.
    /// @param bps basis points of the original lock, on top of those slashed before; cut to what is left
    /// @param reporter gets 10 % if nobody vetoes it; zero for nobody
    /// @return slash its id at Staking
    /// @dev Reverts: DealsSlasherUnauthorized, DealsUnknown, DealsWorkerUnknown, DealsNothingToSlash.
    /// Events: WorkerEnded, WorkerSlashed.
    function slashWorker(DealId deal, NodeId node, uint16 bps, address reporter) external returns (uint64 slash);

    // ---- views ----

    /// @notice What creation would charge and until when `deposit` would last. Nobody else has a formula.
    /// @dev Reverts: DealsTermsInvalid.
    function quote(IDeals.Terms calldata terms, uint256 deposit) external view returns (IDeals.Quote memory);

    /// @notice keccak256 of the terms' ABI encoding, its last byte replaced by 0.
    function hashTerms(IDeals.Terms calldata terms) external pure returns (bytes32);

    /// @notice Misses in a row, the last completed epoch backwards, as eviction counts them (at most maxMissedEpochs). An
    /// epoch counts if it was funded, the worker had begun and not ended, its node was absent and some node of the network
    /// was there.
    /// @dev Reverts: DealsUnknown, DealsWorkerUnknown.
    function missedEpochs(DealId deal, NodeId node) external view returns (uint32);

    /// @notice Who may change the target beside the owner.
    /// @return key zero if nobody may
    /// @return capPerEpoch see `setScaler`
    /// @return nextEpoch first epoch in which a scaler of this deal may change the target again; 0 if none ever did
    function getScaler(DealId deal) external view returns (address key, uint256 capPerEpoch, uint32 nextEpoch);

    /// @notice First epoch in which a resigned worker may be ended; 0 if it has not resigned.
    function noticeEpoch(DealId deal, NodeId node) external view returns (uint32);

    /// @notice Whether matches pass over the provider's nodes.
    function isBarred(DealId deal, ProviderId provider) external view returns (bool);

    /// @notice 256 epochs of a deal as if it had been settled in this block: bit i is set if epoch `word * 256 + i` was not
    /// funded.
    /// @dev Reverts: DealsUnknown.
    function unfundedWord(DealId deal, uint32 word) external view returns (uint256);
}
