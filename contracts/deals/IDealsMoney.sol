// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../libraries/Ids.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsState} from "./IDealsState.sol";

/// @title Deals: creating, funding, paying
/// @notice docs/protocol.md, "Deals". Terms are not stored beyond what running and ending a deal needs: a call that needs
/// the rest takes them in calldata and checks their hash. Types, events and errors are those of IDeals.
interface IDealsMoney is IDeals, IDealsState {
    // ---- creating and funding ----

    /// @notice Creates a deal that belongs to the caller and takes `deposit` from it by allowance.
    /// @param terms fixed for good; kept as a hash, published in `DealCreated`
    /// @param deposit smallest units; at least `quote(terms, 0).minimumDeposit`
    /// @return deal its id
    /// @dev Reverts: DealsEntryPaused, DealsTermsInvalid, DealsDepositTooSmall, DealsTransferMismatch, or as the token does.
    /// Events: DealCreated, Deposited.
    function createDeal(Terms calldata terms, uint256 deposit) external returns (DealId deal);

    /// @notice The same with an ERC-2612 permit of the caller; a failed permit is ignored and the allowance decides.
    /// @param terms see `createDeal`
    /// @param deposit see `createDeal`; the value of the permit
    /// @param deadline unix seconds until which the permit is valid
    /// @param v of the permit's signature
    /// @param r of the permit's signature
    /// @param s of the permit's signature
    /// @return deal its id
    function createDealWithPermit(
        Terms calldata terms,
        uint256 deposit,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (DealId deal);

    /// @notice Creates a deal as `createDeal` and proposes nodes as `matchDeal`, both for the caller. If the match fails, for
    /// whatever reason but the gas given, the deal waits for another one.
    /// @param terms see `createDeal`
    /// @param deposit see `createDeal`
    /// @param candidates in the order in which they are taken
    /// @return deal its id
    /// @return matched whether the deal has workers now
    /// @dev Reverts: as `createDeal`, DealsOutOfGas. Events: DealCreated, Deposited, those of `matchDeal` if it matched.
    function createDealAndMatch(
        Terms calldata terms,
        uint256 deposit,
        Candidate[] calldata candidates
    ) external returns (DealId deal, bool matched);

    /// @notice The same with an ERC-2612 permit of the caller; a failed permit is ignored and the allowance decides.
    /// @param terms see `createDeal`
    /// @param deposit see `createDeal`; the value of the permit
    /// @param candidates in the order in which they are taken
    /// @param deadline unix seconds until which the permit is valid
    /// @param v of the permit's signature
    /// @param r of the permit's signature
    /// @param s of the permit's signature
    /// @return deal its id
    /// @return matched whether the deal has workers now
    function createDealAndMatchWithPermit(
        Terms calldata terms,
        uint256 deposit,
        Candidate[] calldata candidates,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (DealId deal, bool matched);

    /// @notice Anyone adds to a deal's balance, by allowance of the caller; it counts from the next epoch.
    /// @param deal a deal with an epoch to come
    /// @param amount smallest units of the deal's token, not 0
    /// @dev Reverts: DealsZeroAmount, DealsUnknown, DealsEnded, DealsTransferMismatch, or as the token does.
    /// Events: Deposited.
    function topUp(DealId deal, uint256 amount) external;

    /// @notice The same with an ERC-2612 permit of the caller; a failed permit is ignored and the allowance decides.
    /// @param deal see `topUp`
    /// @param amount see `topUp`; the value of the permit
    /// @param deadline unix seconds until which the permit is valid
    /// @param v of the permit's signature
    /// @param r of the permit's signature
    /// @param s of the permit's signature
    function topUpWithPermit(DealId deal, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    // ---- money ----

    /// @notice The payout address takes what the worker earned; what it missed is credited to the deal's owner.
    /// @param deal the deal
    /// @param node whose provider's payout address is the caller
    /// @param upToEpoch last epoch to settle; the last completed one of the worker if that is less
    /// @param recipient who gets the pay
    /// @return pay smallest units, after the fee
    /// @dev Reverts: DealsZeroAddress, DealsUnknown, DealsWorkerUnknown, DealsUnauthorized, DealsNothingOwed (no new epoch).
    /// Events: WorkerPaid.
    function claim(DealId deal, NodeId node, uint32 upToEpoch, address recipient) external returns (uint256 pay);

    /// @notice Anyone credits what the worker earned to its payout address and what it missed to the deal's owner.
    /// @param deal the deal
    /// @param node the worker's node
    /// @param upToEpoch last epoch to settle; the last completed one of the worker if that is less
    /// @return pay smallest units, after the fee
    /// @dev Reverts: DealsUnknown, DealsWorkerUnknown, DealsNothingOwed (no new epoch). Events: WorkerPaid.
    function settleWorker(DealId deal, NodeId node, uint32 upToEpoch) external returns (uint256 pay);

    /// @notice The caller takes all its earnings in a token.
    /// @return amount smallest units
    /// @dev Reverts: DealsZeroAddress, DealsNothingOwed. Events: EarningsWithdrawn.
    function withdrawEarnings(address token, address to) external returns (uint256 amount);

    /// @notice The caller takes all its refunds in a token.
    /// @return amount smallest units
    /// @dev Reverts: DealsZeroAddress, DealsNothingOwed. Events: RefundWithdrawn.
    function withdrawRefund(address token, address to) external returns (uint256 amount);

    /// @notice Anyone sends all fees in a token to the treasury.
    /// @return amount smallest units
    /// @dev Reverts: DealsNothingOwed. Events: FeesCollected.
    function collectFees(address token) external returns (uint256 amount);

    /// @notice Anyone settles a worker whose last epoch is over, returns its units and what is left of its lock, and forgets
    /// it. What it earned is credited to its payout address, what it missed to the deal's owner.
    /// A tip that is still held is credited as `payTip` does.
    /// In a deal whose terms have a function commitment only once the deal's `disputeWindow` has passed since then.
    /// @dev Reverts: DealsUnknown, DealsWorkerUnknown, DealsWorkerRunning, DealsWorkerDisputable. Events: WorkerPaid, TipPaid,
    /// WorkerReleased.
    function release(DealId deal, NodeId node) external;

    // ---- views ----

    /// @notice The code that IDealsMatching's calls are passed on to. Never changes.
    function matching() external view returns (address);

    /// @notice The code that IDealsControl's calls are passed on to. Never changes.
    function control() external view returns (address);

    /// @notice The deal as if it had been settled in this block.
    /// @dev Reverts: DealsUnknown.
    function getDeal(DealId deal) external view returns (DealView memory);

    /// @notice The worker as stored; all zero if there is none.
    function getWorker(DealId deal, NodeId node) external view returns (Worker memory);

    /// @notice What the worker is owed for all its completed epochs.
    /// @dev Reverts: DealsUnknown, DealsWorkerUnknown.
    function owed(DealId deal, NodeId node) external view returns (Owed memory);

    /// @notice Credited to a payout address, a matcher or a challenger, not yet withdrawn.
    function earnings(address payout, address token) external view returns (uint256);

    /// @notice Credited to a deal owner, not yet withdrawn.
    function refunds(address owner, address token) external view returns (uint256);

    /// @notice Credited to the treasury, not yet collected.
    function fees(address token) external view returns (uint256);
}
