// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEpochClock} from "../libraries/IEpochClock.sol";
import {DealId, NodeId, ProviderId} from "../libraries/Ids.sol";
import {IParameters} from "../governance/IParameters.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IStaking} from "../staking/IStaking.sol";

/// @title Deals: matching, billing, ending
/// @notice docs/protocol.md, "Deals". Amounts are smallest units of the deal's payment token, prices are per unit and
/// epoch. Epoch e is `floor((timestamp - genesis) / epochDuration)` and is decided at its start.
/// Terms are not stored: a call that needs them takes them in calldata and checks their hash.
interface IDeals is IEpochClock {
    enum Operator {
        Equal,
        NotEqual,
        AtLeast,
        AtMost
    }

    enum Attribute {
        RegionGroup,
        Country,
        HardwareClass,
        Cores,
        MemoryGiB,
        BandwidthMbps
    }

    enum ListMode {
        None,
        Allow,
        Deny
    }

    enum Status {
        None,
        Matching,
        Active,
        Underfunded,
        Insolvent,
        Ended
    }

    /// @notice Why a node is not taken by a match; `None` means it would be.
    enum Refusal {
        None,
        NodeUnknown,
        NodeRetired,
        OfferOff,
        AboveListedAsk,
        AbovePriceLimit,
        BelowMinimumAsk,
        UnitsShort,
        StakeShort,
        ConstraintUnmet,
        NotListed,
        ProviderLimit,
        ProviderBarred,
        AlreadyWorking,
        NotAttending,
        TargetReached
    }

    /// @notice Why a worker's assignment ended. A worker whose deal ended has no event of its own.
    enum EndCause {
        None,
        Dismissed,
        Resigned,
        LeftInsolvent,
        Evicted
    }

    /// @notice `attribute operator value` must hold for a node. A missing attribute (0) fails every operator.
    struct Constraint {
        Attribute attribute;
        Operator operator;
        uint64 value;
    }

    /// @param paymentToken ERC-20 that pays; fee-on-transfer tokens are refused
    /// @param moduleDigest sha2-256 digest of the module's CIDv1 (raw codec)
    /// @param unitsPerWorker units each worker takes on its node, 1..256
    /// @param minWorkers fewest workers a match may leave
    /// @param targetWorkers workers wanted
    /// @param maxWorkers upper bound of the target, at most 32
    /// @param maxWorkersPerProvider most workers of one provider
    /// @param priceLimit most per unit and epoch
    /// @param minimumAsk least per unit and epoch
    /// @param endEpoch last epoch, 0 for open
    /// @param openToAll true: anyone may call the function; false: a permission of the owner or `permissionIssuer`
    /// @param permissionIssuer another key that may sign call permissions, zero for none
    /// @param constraints at most 8
    /// @param listMode how `providers` is read
    /// @param providers at most 64
    struct Terms {
        address paymentToken;
        bytes32 moduleDigest;
        uint16 unitsPerWorker;
        uint8 minWorkers;
        uint8 targetWorkers;
        uint8 maxWorkers;
        uint8 maxWorkersPerProvider;
        uint80 priceLimit;
        uint80 minimumAsk;
        uint32 endEpoch;
        bool openToAll;
        address permissionIssuer;
        Constraint[] constraints;
        ListMode listMode;
        ProviderId[] providers;
    }

    /// @notice A node proposed to a match, and the highest ask the submitter accepts.
    struct Candidate {
        NodeId node;
        uint80 maxAsk;
    }

    /// @dev Three slots; what every settlement changes shares the last one.
    /// @param owner who may withdraw, dismiss, bar and stop
    /// @param endEpoch last epoch, 0 while open
    /// @param lastAssignedEpoch epoch of the newest assignment
    /// @param workers workers not ended one by one
    /// @param targetWorkers workers wanted now
    /// @param feeBps protocol fee, fixed at creation
    /// @param termsHash see `hashTerms`
    /// @param balance not yet charged
    /// @param ratePerEpoch charged for the next funded epoch
    /// @param settledEpoch last epoch that was decided
    /// @param insolventSince first epoch of the present run of unfunded epochs, 0 if none
    /// @param minFundedEpochs fixed at creation
    struct Deal {
        address owner;
        uint32 endEpoch;
        uint32 lastAssignedEpoch;
        uint8 workers;
        uint8 targetWorkers;
        uint16 feeBps;
        bytes32 termsHash;
        uint96 balance;
        uint80 ratePerEpoch;
        uint32 settledEpoch;
        uint32 insolventSince;
        uint16 minFundedEpochs;
    }

    /// @param pricePerUnitEpoch fixed at the match
    /// @param lockMilliMill stake locked at the match, in thousandths of a MILL
    /// @param provider the node's provider
    /// @param firstEpoch first epoch it earns in
    /// @param lastEpoch last epoch it earns in, 0 while open
    /// @param settledEpoch completed epochs up to this one are paid
    /// @param slashedBps share of the original lock slashed so far
    struct Worker {
        uint80 pricePerUnitEpoch;
        uint32 lockMilliMill;
        ProviderId provider;
        uint32 firstEpoch;
        uint32 lastEpoch;
        uint32 settledEpoch;
        uint16 slashedBps;
    }

    /// @notice What creation charges and how long a deposit lasts.
    /// @param minimumDeposit least deposit of `createDeal`
    /// @param maximumRatePerEpoch target workers at the price limit
    /// @param fundedEpochs epochs `deposit` covers at that rate
    /// @param fundedThroughEpoch last epoch covered if all workers were assigned now
    struct Quote {
        uint256 minimumDeposit;
        uint256 maximumRatePerEpoch;
        uint256 fundedEpochs;
        uint256 fundedThroughEpoch;
    }

    /// @notice A deal as if it had been settled in this block.
    /// @param status derived
    /// @param deal with all epochs up to the present one decided
    /// @param fundedThroughEpoch last epoch that the balance covers at the present rate; max uint256 when nothing is charged
    /// @param withdrawable what the owner can withdraw now
    struct DealView {
        Status status;
        Deal deal;
        uint256 fundedThroughEpoch;
        uint256 withdrawable;
    }

    /// @notice What a worker is owed for completed epochs not settled yet.
    struct Owed {
        uint32 throughEpoch;
        uint32 paidEpochs;
        uint32 missedEpochs;
        uint256 pay;
        uint256 fee;
        uint256 refund;
    }

    // ---- events ----
    event DealCreated(
        DealId indexed deal,
        address indexed owner,
        uint16 feeBps,
        uint16 minFundedEpochs,
        uint32 epoch,
        Terms terms
    );
    event Deposited(DealId indexed deal, address indexed payer, uint256 amount);
    event Withdrawn(DealId indexed deal, address indexed to, uint256 amount);
    /// @notice All epochs through `throughEpoch` are decided: the first `fundedEpochs` of the new ones were funded and
    /// `charged` left the balance; the others were not.
    event EpochsDecided(DealId indexed deal, uint32 throughEpoch, uint32 fundedEpochs, uint256 charged);
    event WorkerAssigned(
        DealId indexed deal,
        NodeId indexed node,
        ProviderId indexed provider,
        uint80 pricePerUnitEpoch,
        uint32 firstEpoch,
        uint96 lock
    );
    event NodeSkipped(DealId indexed deal, NodeId indexed node, Refusal refusal);
    event WorkerResigned(DealId indexed deal, NodeId indexed node, uint32 noticeEpoch);
    event WorkerEnded(DealId indexed deal, NodeId indexed node, EndCause cause, uint32 lastEpoch, uint96 slashed);
    event WorkerReleased(DealId indexed deal, NodeId indexed node, uint96 unlocked);
    /// @param recipient who got `pay` in tokens; zero if it was credited to `payout`'s earnings
    event WorkerPaid(
        DealId indexed deal,
        NodeId indexed node,
        uint32 throughEpoch,
        uint256 pay,
        uint256 fee,
        uint256 refund,
        address payout,
        address recipient
    );
    event EarningsWithdrawn(address indexed payout, address indexed token, address to, uint256 amount);
    event RefundWithdrawn(address indexed owner, address indexed token, address to, uint256 amount);
    event FeesCollected(address indexed token, address indexed treasury, uint256 amount);
    event ProviderBarred(DealId indexed deal, ProviderId indexed provider);
    event ProviderUnbarred(DealId indexed deal, ProviderId indexed provider);
    /// @param insolvent true: minFundedEpochs in a row were unfunded; false: the owner stopped it
    event DealEnded(DealId indexed deal, uint32 endEpoch, bool insolvent);

    // ---- errors ----
    error DealsUnauthorized(DealId deal, address caller, address expected);
    error DealsUnknown(DealId deal);
    error DealsTermsMismatch(DealId deal, bytes32 expected, bytes32 actual);
    error DealsTermsInvalid(string field);
    error DealsDepositTooSmall(uint256 deposit, uint256 minimum);
    error DealsTransferMismatch(address token, uint256 expected, uint256 received);
    error DealsZeroAmount();
    error DealsZeroAddress();
    error DealsEnded(DealId deal, uint32 endEpoch);
    error DealsTargetReached(DealId deal, uint8 target);
    error DealsBelowMinimumWorkers(DealId deal, uint256 workers, uint256 minimum);
    error DealsBalanceTooSmall(DealId deal, uint256 balance, uint256 needed);
    error DealsNothingMatched(DealId deal);
    error DealsWorkerUnknown(DealId deal, NodeId node);
    error DealsWorkerEnded(DealId deal, NodeId node, uint32 lastEpoch);
    error DealsWorkerNotStarted(DealId deal, NodeId node, uint32 firstEpoch);
    error DealsWorkerRunning(DealId deal, NodeId node);
    error DealsNoticeNotOver(DealId deal, NodeId node, uint32 noticeEpoch);
    error DealsNotResigned(DealId deal, NodeId node);
    error DealsAlreadyResigned(DealId deal, NodeId node, uint32 noticeEpoch);
    error DealsNotInsolvent(DealId deal);
    error DealsNotEvictable(DealId deal, NodeId node, uint256 missed, uint256 needed);
    error DealsNothingOwed(address account, address token);
    error DealsWithdrawTooLarge(DealId deal, uint256 wanted, uint256 withdrawable);

    // ---- creating and funding (owner; topUp: anyone) ----
    function createDeal(Terms calldata terms, uint256 deposit) external returns (DealId deal);
    function createDealWithPermit(
        Terms calldata terms,
        uint256 deposit,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (DealId deal);
    function topUp(DealId deal, Terms calldata terms, uint256 amount) external;
    function topUpWithPermit(
        DealId deal,
        Terms calldata terms,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
    function withdraw(DealId deal, Terms calldata terms, uint256 amount, address to) external;
    function stop(DealId deal) external;

    // ---- matching (anyone) ----
    function matchDeal(
        DealId deal,
        Terms calldata terms,
        Candidate[] calldata candidates
    ) external returns (Refusal[] memory refusals);

    // ---- workers ----
    function dismiss(DealId deal, Terms calldata terms, NodeId node) external;
    function bar(DealId deal, ProviderId provider) external;
    function unbar(DealId deal, ProviderId provider) external;
    /// @notice The provider's owner gives notice.
    function resign(DealId deal, NodeId node) external;
    /// @notice Anyone ends a worker whose notice is over; the provider's owner ends it at once while the deal is insolvent.
    function endWorker(DealId deal, Terms calldata terms, NodeId node) external;
    function evict(DealId deal, Terms calldata terms, NodeId node) external;
    /// @notice Anyone settles an ended worker, returns its units and its lock, and forgets it.
    function release(DealId deal, Terms calldata terms, NodeId node) external;

    // ---- money (pull payments) ----
    /// @notice The payout address takes what the worker earned, through `upToEpoch` (or the last completed epoch if less).
    function claim(
        DealId deal,
        Terms calldata terms,
        NodeId node,
        uint32 upToEpoch,
        address recipient
    ) external returns (uint256 pay);
    /// @notice Anyone credits what the worker earned to its payout address and what it missed to the deal's owner.
    function settleWorker(
        DealId deal,
        Terms calldata terms,
        NodeId node,
        uint32 upToEpoch
    ) external returns (uint256 pay);
    function withdrawEarnings(address token, address to) external returns (uint256 amount);
    function withdrawRefund(address token, address to) external returns (uint256 amount);
    function collectFees(address token) external returns (uint256 amount);

    // ---- views ----
    function registry() external view returns (IRegistry);
    function staking() external view returns (IStaking);
    function parameters() external view returns (IParameters);
    function treasury() external view returns (address);
    function dealCount() external view returns (uint64);
    function quote(Terms calldata terms, uint256 deposit) external view returns (Quote memory);
    function hashTerms(Terms calldata terms) external pure returns (bytes32);
    function getDeal(DealId deal, Terms calldata terms) external view returns (DealView memory);
    function getWorker(DealId deal, NodeId node) external view returns (Worker memory);
    /// @notice First epoch in which a resigned worker may be ended; 0 if it has not resigned.
    function noticeEpoch(DealId deal, NodeId node) external view returns (uint32);
    function owed(DealId deal, Terms calldata terms, NodeId node) external view returns (Owed memory);
    /// @notice What a match in this block would say of each node on its own, and its ask.
    function eligibility(
        DealId deal,
        Terms calldata terms,
        NodeId[] calldata nodes
    ) external view returns (Refusal[] memory refusals, uint80[] memory asks);
    /// @notice Consecutive counted misses through the last completed epoch, as eviction counts them (at most maxMissedEpochs).
    function missedEpochs(DealId deal, NodeId node) external view returns (uint32);
    function isBarred(DealId deal, ProviderId provider) external view returns (bool);
    function unfundedWord(DealId deal, uint32 word) external view returns (uint256);
    function earnings(address payout, address token) external view returns (uint256);
    function refunds(address owner, address token) external view returns (uint256);
    function fees(address token) external view returns (uint256);
}
