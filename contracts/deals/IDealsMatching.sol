// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../libraries/Ids.sol";
import {IDeals} from "./IDeals.sol";

/// @title Deals: matching
/// @notice docs/protocol.md, "Deals", Match. Answered at the address of Deals, which passes these calls on. Types, events
/// and errors are those of IDeals.
interface IDealsMatching {
    /// @notice Anyone proposes nodes; each is assigned from the next epoch on at its present ask, or skipped with a reason.
    /// Locks `unitsPerWorker * stakePerUnit` of its provider's free stake.
    /// @param deal a deal with an epoch to come and fewer workers than it wants
    /// @param terms of the deal
    /// @param candidates in the order in which they are taken
    /// @return refusals one for each candidate
    /// @dev Reverts: DealsEntryPaused, DealsUnknown, DealsTermsMismatch, DealsEnded, DealsTargetReached,
    /// DealsNothingMatched, DealsBelowMinimumWorkers, DealsBalanceTooSmall. Events: WorkerAssigned, NodeSkipped.
    function matchDeal(
        DealId deal,
        IDeals.Terms calldata terms,
        IDeals.Candidate[] calldata candidates
    ) external returns (IDeals.Refusal[] memory refusals);

    /// @notice What a match in this block would say of each node on its own, and its ask. Says nothing of the deal: whether
    /// it has ended or has the balance for another worker.
    /// @dev Reverts: DealsUnknown, DealsTermsMismatch.
    function eligibility(
        DealId deal,
        IDeals.Terms calldata terms,
        NodeId[] calldata nodes
    ) external view returns (IDeals.Refusal[] memory refusals, uint80[] memory asks);
}
