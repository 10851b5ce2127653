// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../libraries/Ids.sol";
import {IDeals} from "./IDeals.sol";

/// @title Deals: matching
/// @notice docs/protocol.md, "Deals", Match. Answered at the address of Deals, which passes these calls on. Types, events
/// and errors are those of IDeals.
interface IDealsMatching {
    /// @notice Anyone proposes nodes; each is assigned from the next epoch on at its present ask, or skipped with a reason.
    /// Locks `unitsPerWorker * stakePerUnit` of its provider's free stake. The tip of each worker leaves the balance and is
    /// held for the caller.
    /// @param deal a deal with an epoch to come and fewer workers than it wants
    /// @param terms of the deal
    /// @param candidates in the order in which they are taken
    /// @return refusals one for each candidate
    /// @dev Reverts: DealsEntryPaused, DealsUnknown, DealsTermsMismatch, DealsEnded, DealsTargetReached,
    /// DealsNothingMatched, DealsBelowMinimumWorkers, DealsBalanceTooSmall. Events: WorkerAssigned, TipHeld,
    /// NodeSkipped.
    function matchDeal(
        DealId deal,
        IDeals.Terms calldata terms,
        IDeals.Candidate[] calldata candidates
    ) external returns (IDeals.Refusal[] memory refusals);

    /// @notice Anyone shows that a match was not the best: a node that is eligible now (counting the replaced worker as
    /// gone), whose owner changed nothing about it since before the epoch of the match, and that is cheaper than the worker
    /// by more than the tolerance. It is assigned from the next epoch on in the worker's place, keeps its challenge window
    /// and its tip, and of that `min(tip, saving per epoch * minFundedEpochs)` is for the last challenger. The replaced
    /// worker ends with the present epoch, and before it begins if it has not. Possible while entry is paused, too.
    /// @param deal a deal with an epoch to come
    /// @param terms of the deal
    /// @param replaced node of a worker that has not ended and whose challenge window is open
    /// @param candidate the cheaper node
    /// @dev Reverts: DealsUnknown, DealsTermsMismatch, DealsEnded, DealsWorkerUnknown, DealsWorkerEnded, DealsChallengeOver,
    /// DealsCandidateRefused, DealsCandidateChanged, DealsNotCheaper. Events: WorkerEnded, WorkerAssigned, WorkerReplaced.
    function challenge(DealId deal, IDeals.Terms calldata terms, NodeId replaced, NodeId candidate) external;

    /// @notice Anyone credits a worker's tip to the earnings of its matcher and challenger, once it has ended or can be
    /// challenged no more. Sends nothing: they withdraw it.
    /// @dev Reverts: DealsWorkerUnknown, DealsNoTip, DealsTipHeld. Events: TipPaid.
    function payTip(DealId deal, NodeId node) external;

    /// @notice What is held for those who found a worker; zeros if nothing is.
    function getTip(DealId deal, NodeId node) external view returns (IDeals.Tip memory);

    /// @notice What a match in this block would say of each node on its own, and its ask. Says nothing of the deal: whether
    /// it has ended or has the balance for another worker.
    /// @dev Reverts: DealsUnknown, DealsTermsMismatch.
    function eligibility(
        DealId deal,
        IDeals.Terms calldata terms,
        NodeId[] calldata nodes
    ) external view returns (IDeals.Refusal[] memory refusals, uint80[] memory asks);
}
