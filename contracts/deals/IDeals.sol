// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../libraries/Ids.sol";

/// @title Deals: types, events and errors of all its parts
/// @notice docs/protocol.md, "Deals". Amounts are smallest units of the deal's payment token, prices are per unit and
/// epoch. Epoch e is `floor((timestamp - genesis) / epochDuration)` and is decided at its start.
/// The functions stand in IDealsMoney, IDealsMatching and IDealsControl, which answer at one address; IDealsAll is
/// everything.
interface IDeals {
    enum Operator {
        Equal,
        NotEqual,
        AtLeast,
        AtMost
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
        Evicted,
        Replaced,
        Slashed
    }

    /// @notice Why `claimAll` passed over a worker; `None` means it settled it.
    enum ClaimRefusal {
        None,
        DealUnknown,
        WorkerUnknown,
        NotPayout,
        NothingOwed
    }

    /// @notice `attribute operator value` must hold for a node when it is taken. A missing attribute (0) fails every operator.
    /// @param attribute 0 to 5 for the packed ones in the order of `IRegistry.Attributes`, or a name: see AttributeIds
    /// @param operator how to compare
    /// @param value what to compare with
    /// @param attester whose attestation counts; zero: what the node's owner declares
    struct Constraint {
        bytes32 attribute;
        Operator operator;
        uint64 value;
        address attester;
    }

    /// @param paymentToken ERC-20 that pays; fee-on-transfer tokens are refused
    /// @param moduleDigest sha2-256 digest of the module's CIDv1 (raw codec)
    /// @param functionCommitment what the module's calls are proved against; zero for none. With one, what a worker leaves
    /// behind is released `disputeWindow` later
    /// @param unitsPerWorker units each worker takes on its node, 1..256
    /// @param minWorkers fewest workers a match may leave
    /// @param targetWorkers workers wanted
    /// @param maxWorkers upper bound of the target, at most 32
    /// @param maxWorkersPerProvider most workers of one provider
    /// @param priceLimit most per unit and epoch, below 2^72
    /// @param minimumAsk least per unit and epoch
    /// @param priceToleranceBps how much dearer than the cheapest a worker may be, in basis points of the cheaper ask, before
    /// it can be challenged; at most 10,000
    /// @param tipPerWorker smallest units for whoever matches a worker, held until its challenge window is over
    /// @param endEpoch last epoch, 0 for open
    /// @param openToAll true: anyone may call the function; false: a permission of the owner or `permissionIssuer`
    /// @param permissionIssuer another key that may sign call permissions, zero for none
    /// @param constraints at most 8
    /// @param listMode how `providers` is read
    /// @param providers at most 64
    struct Terms {
        address paymentToken;
        bytes32 moduleDigest;
        bytes32 functionCommitment;
        uint16 unitsPerWorker;
        uint8 minWorkers;
        uint8 targetWorkers;
        uint8 maxWorkers;
        uint8 maxWorkersPerProvider;
        uint80 priceLimit;
        uint80 minimumAsk;
        uint16 priceToleranceBps;
        uint80 tipPerWorker;
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

    /// @notice What a deal goes on with, without its terms. Two slots: what stays, and what a settlement writes.
    /// @param paymentToken ERC-20 that pays
    /// @param endEpoch last epoch, 0 while open
    /// @param feeBps protocol fee, fixed at creation
    /// @param unitsPerWorker units each worker takes
    /// @param minFundedEpochs fixed at creation
    /// @param workers workers not ended one by one
    /// @param targetWorkers workers wanted now
    /// @param minWorkers fewest workers a match may leave
    /// @param balance not yet charged
    /// @param ratePerEpoch charged for the next funded epoch
    /// @param settledEpoch last epoch that was decided
    /// @param insolventSince first epoch of the present run of unfunded epochs, 0 if none
    /// @param assignedInSettledEpoch a worker was assigned in `settledEpoch`: its first epoch is the one after
    /// @param everUnfunded some epoch was not funded
    struct Deal {
        address paymentToken;
        uint32 endEpoch;
        uint16 feeBps;
        uint16 unitsPerWorker;
        uint16 minFundedEpochs;
        uint8 workers;
        uint8 targetWorkers;
        uint8 minWorkers;
        uint88 balance;
        uint80 ratePerEpoch;
        uint32 settledEpoch;
        uint32 insolventSince;
        bool assignedInSettledEpoch;
        bool everUnfunded;
    }

    /// @param pricePerUnitEpoch fixed at the match
    /// @param lockMilliMill stake locked at the match, in thousandths of a MILL
    /// @param provider the node's provider
    /// @param firstEpoch first epoch it earns in
    /// @param lastEpoch last epoch it earns in, 0 while open
    /// @param settledEpoch completed epochs up to this one are paid
    /// @param slashedBps share of the original lock slashed so far
    /// @param challengeWindow epochs after `firstEpoch - 1` in which it can still be challenged
    struct Worker {
        uint72 pricePerUnitEpoch;
        uint32 lockMilliMill;
        ProviderId provider;
        uint32 firstEpoch;
        uint32 lastEpoch;
        uint32 settledEpoch;
        uint16 slashedBps;
        uint8 challengeWindow;
    }

    /// @notice What is held for those who found a worker, until it has ended or its challenge window is over.
    /// @param matcher who submitted the match
    /// @param amount smallest units of the deal's token, 0 if nothing is held
    /// @param epochsSinceMatch epochs from the match to this worker's assignment; 0 unless it replaced another one
    /// @param challenger who had it replace another one, zero if nobody
    /// @param share part of `amount` that is the challenger's
    struct Tip {
        address matcher;
        uint80 amount;
        uint16 epochsSinceMatch;
        address challenger;
        uint96 share;
    }

    /// @notice A worker that `claimAll` is to settle.
    struct ClaimItem {
        DealId deal;
        NodeId node;
    }

    /// @notice What creation charges and how long a deposit lasts.
    /// @param minimumDeposit least deposit of `createDeal`: minFundedEpochs at `maximumRatePerEpoch`, and the tips of all
    /// wanted workers
    /// @param maximumRatePerEpoch all wanted workers at the price limit
    /// @param fundedEpochs epochs the deposit covers at that rate once the tips are paid
    /// @param fundedThroughEpoch last epoch covered if all workers were assigned now; at most the terms' end epoch
    struct Quote {
        uint256 minimumDeposit;
        uint256 maximumRatePerEpoch;
        uint256 fundedEpochs;
        uint256 fundedThroughEpoch;
    }

    /// @notice A deal as if it had been settled in this block.
    /// @param status derived, never stored
    /// @param owner who may withdraw, dismiss, bar and stop
    /// @param termsHash see `hashTerms`
    /// @param deal with all epochs up to the present one decided
    /// @param fundedThroughEpoch last epoch that was or will be funded at the present rate; max uint256 while nothing is
    /// charged
    /// @param withdrawable what the owner can withdraw now
    /// @param disputeWindow seconds after a worker's last epoch before it can be released, fixed at creation; 0 if its terms
    /// have no function commitment
    struct DealView {
        Status status;
        address owner;
        bytes32 termsHash;
        Deal deal;
        uint256 fundedThroughEpoch;
        uint256 withdrawable;
        uint32 disputeWindow;
    }

    /// @notice What a worker is owed for completed epochs not settled yet.
    /// @param throughEpoch last completed epoch of the worker
    /// @param paidEpochs funded and attended
    /// @param missedEpochs funded and missed
    /// @param pay for the provider, after the fee
    /// @param fee for the treasury
    /// @param refund for the deal's owner
    struct Owed {
        uint32 throughEpoch;
        uint32 paidEpochs;
        uint32 missedEpochs;
        uint256 pay;
        uint256 fee;
        uint256 refund;
    }

    // ---- events: with those of Registry and Staking they give the whole state ----

    /// @notice A deal was created; its deposit follows in `Deposited`.
    /// @param feeBps protocol fee for the deal's whole life
    /// @param minFundedEpochs epochs its balance has to cover, for its whole life
    /// @param disputeWindow seconds after a worker's last epoch before it can be released, for its whole life
    /// @param epoch present epoch; the next one is the first to be decided
    event DealCreated(
        DealId indexed deal,
        address indexed owner,
        uint16 feeBps,
        uint16 minFundedEpochs,
        uint32 disputeWindow,
        uint32 epoch,
        Terms terms
    );

    /// @notice `amount` was added to the balance; it counts from the next epoch.
    event Deposited(DealId indexed deal, address indexed payer, uint256 amount);

    /// @notice The owner took `amount` off the balance.
    event Withdrawn(DealId indexed deal, address indexed to, uint256 amount);

    /// @notice All epochs through `throughEpoch` are decided: the first `fundedEpochs` of the new ones were funded and
    /// `charged` left the balance; the others were not. Left out while nothing is charged (no worker): then every epoch
    /// counts as funded.
    event EpochsDecided(DealId indexed deal, uint32 throughEpoch, uint32 fundedEpochs, uint256 charged);

    /// @notice A node works for the deal: it may serve at once and earns from `firstEpoch` on.
    /// @param lock MILL (18 decimals) locked of its provider's stake
    /// @param challengeEndEpoch last epoch in which it can be challenged
    event WorkerAssigned(
        DealId indexed deal,
        NodeId indexed node,
        ProviderId indexed provider,
        uint80 pricePerUnitEpoch,
        uint32 firstEpoch,
        uint96 lock,
        uint32 challengeEndEpoch
    );

    /// @notice `amount` left the deal's balance and is held for `matcher`, who matched the node.
    event TipHeld(DealId indexed deal, NodeId indexed node, address indexed matcher, uint256 amount);

    /// @notice `candidate`, which was cheaper all along, works in the place of `replaced` from the next epoch on. Follows the
    /// `WorkerEnded` of the one and the `WorkerAssigned` of the other; what was held for `replaced` is held for `candidate`.
    /// @param share what `challenger` gets of the tip, unless the candidate is replaced in turn
    event WorkerReplaced(
        DealId indexed deal,
        NodeId indexed replaced,
        NodeId indexed candidate,
        address challenger,
        uint256 share
    );

    /// @notice The tip of a worker was credited to the earnings of those who found it.
    /// @param challenger zero if nobody replaced a worker in favour of this one; then its amount is 0
    event TipPaid(
        DealId indexed deal,
        NodeId indexed node,
        address indexed matcher,
        uint256 matcherAmount,
        address challenger,
        uint256 challengerAmount
    );

    /// @notice A match passed over a node.
    event NodeSkipped(DealId indexed deal, NodeId indexed node, Refusal refusal);

    /// @notice A provider gave notice; from `noticeEpoch` on anyone may end the worker.
    event WorkerResigned(DealId indexed deal, NodeId indexed node, uint32 noticeEpoch);

    /// @notice The worker earns through `lastEpoch`. Nothing is charged for it after that.
    event WorkerEnded(DealId indexed deal, NodeId indexed node, EndCause cause, uint32 lastEpoch);

    /// @notice `amount` MILL (18 decimals) of the worker's lock went into the escrow of Staking.
    /// @param slash its id there
    /// @param slashedBps share of the original lock that was slashed so far, this included
    event WorkerSlashed(
        DealId indexed deal,
        NodeId indexed node,
        uint64 indexed slash,
        uint16 slashedBps,
        uint96 amount
    );

    /// @notice An ended worker was settled and forgotten: its units are free again, and `unlocked` MILL of its lock.
    event WorkerReleased(DealId indexed deal, NodeId indexed node, uint96 unlocked);

    /// @notice A worker's epochs through `throughEpoch` are settled.
    /// @param pay for the provider: in tokens to `recipient`, or credited to the earnings of `payout`
    /// @param fee credited to the treasury
    /// @param refund credited to the refund account of the deal's owner
    /// @param recipient who got `pay` in tokens; zero if it was credited
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

    /// @notice `amount` of the earnings of `payout` in a token went to `to`: all of them, or in `claimAll` those that it has
    /// just settled.
    event EarningsWithdrawn(address indexed payout, address indexed token, address to, uint256 amount);

    /// @notice `claimAll` passed over a worker. Changes nothing; anyone can cause it for any numbers.
    event ClaimSkipped(DealId indexed deal, NodeId indexed node, ClaimRefusal reason);

    /// @notice A token did not send what `claimAll` settled: `amount` stays among the earnings of `payout`.
    event EarningsKept(address indexed payout, address indexed token, address to, uint256 amount);

    /// @notice All refunds of `owner` in a token went to `to`.
    event RefundWithdrawn(address indexed owner, address indexed token, address to, uint256 amount);

    /// @notice All fees in a token went to the treasury.
    event FeesCollected(address indexed token, address indexed treasury, uint256 amount);

    /// @notice No node of this provider is taken any more.
    event ProviderBarred(DealId indexed deal, ProviderId indexed provider);

    /// @notice Nodes of this provider may be taken again.
    event ProviderUnbarred(DealId indexed deal, ProviderId indexed provider);

    /// @notice `endEpoch` is the deal's last epoch. A deal whose terms name the end gets no such event for it.
    /// @param insolvent true: minFundedEpochs in a row were not funded; false: the owner stopped it
    event DealEnded(DealId indexed deal, uint32 endEpoch, bool insolvent);

    /// @notice The deal wants `targetWorkers` workers from now on.
    event TargetChanged(DealId indexed deal, uint8 targetWorkers);

    // ---- errors ----

    /// @notice Only `expected` may do this.
    error DealsUnauthorized(DealId deal, address caller, address expected);
    /// @notice There is no such deal.
    error DealsUnknown(DealId deal);
    /// @notice These are not the deal's terms: their hash is `actual`.
    error DealsTermsMismatch(DealId deal, bytes32 expected, bytes32 actual);
    /// @notice A field of the terms is out of its bounds or contradicts another one.
    error DealsTermsInvalid(string field);
    /// @notice Creation needs `minimum`; see `quote`.
    error DealsDepositTooSmall(uint256 deposit, uint256 minimum);
    /// @notice The token did not deliver what was sent. Tokens that charge for a transfer are refused.
    error DealsTransferMismatch(address token, uint256 expected, uint256 received);
    /// @notice The amount must not be 0.
    error DealsZeroAmount();
    /// @notice An address must not be 0.
    error DealsZeroAddress();
    /// @notice No epoch of the deal comes after this one: its last is `endEpoch`.
    error DealsEnded(DealId deal, uint32 endEpoch);
    /// @notice The deal has all the workers it wants.
    error DealsTargetReached(DealId deal, uint8 target);
    /// @notice The match would leave fewer workers than the terms want at least.
    error DealsBelowMinimumWorkers(DealId deal, uint256 workers, uint256 minimum);
    /// @notice The balance would not cover minFundedEpochs at the new rate; `needed` would.
    error DealsBalanceTooSmall(DealId deal, uint256 balance, uint256 needed);
    /// @notice No proposed node was taken; `eligibility` says why.
    error DealsNothingMatched(DealId deal);
    /// @notice The node has no worker in the deal.
    error DealsWorkerUnknown(DealId deal, NodeId node);
    /// @notice The worker's last epoch is `lastEpoch`, by its own end or its deal's.
    error DealsWorkerEnded(DealId deal, NodeId node, uint32 lastEpoch);
    /// @notice A worker runs at least its first epoch.
    error DealsWorkerNotStarted(DealId deal, NodeId node, uint32 firstEpoch);
    /// @notice The worker's last epoch is not over.
    error DealsWorkerRunning(DealId deal, NodeId node);
    /// @notice What the worker served can be disputed until `until` (unix seconds); until then nothing is released.
    error DealsWorkerDisputable(DealId deal, NodeId node, uint256 until);
    /// @notice The notice is over at the start of `noticeEpoch`.
    error DealsNoticeNotOver(DealId deal, NodeId node, uint32 noticeEpoch);
    /// @notice The provider has not given notice.
    error DealsNotResigned(DealId deal, NodeId node);
    /// @notice The provider gave notice before.
    error DealsAlreadyResigned(DealId deal, NodeId node, uint32 noticeEpoch);
    /// @notice The deal pays: a provider must give notice.
    error DealsNotInsolvent(DealId deal);
    /// @notice Only `missed` epochs in a row count against the node, `needed` would evict it.
    error DealsNotEvictable(DealId deal, NodeId node, uint256 missed, uint256 needed);
    /// @notice Staking does not name the caller as a slasher, or not yet.
    error DealsSlasherUnauthorized(address caller);
    /// @notice Of the worker's lock `slashedBps` were slashed, and no more was asked for or is left.
    error DealsNothingToSlash(DealId deal, NodeId node, uint16 slashedBps);
    /// @notice The target lies between the terms' minWorkers and maxWorkers.
    error DealsTargetOutOfBounds(DealId deal, uint8 target, uint8 minimum, uint8 maximum);
    /// @notice More workers would stay than the target; name those to dismiss.
    error DealsWorkersAboveTarget(DealId deal, uint256 workers, uint8 target);
    /// @notice New deals and matches wait until `until` (unix seconds); everything else goes on.
    error DealsEntryPaused(uint48 until);
    /// @notice There is nothing to pay out or to settle.
    error DealsNothingOwed(address account, address token);
    /// @notice The worker could be challenged through `challengeEndEpoch`.
    error DealsChallengeOver(DealId deal, NodeId node, uint32 challengeEndEpoch);
    /// @notice The deal would not take the node in the place of the other one.
    error DealsCandidateRefused(DealId deal, NodeId node, Refusal refusal);
    /// @notice The node or its offer was changed in the epoch of the match or later: it did not stand before it.
    error DealsCandidateChanged(DealId deal, NodeId node, uint32 changedEpoch, uint32 matchEpoch);
    /// @notice The node's ask is not below the worker's price by more than the tolerance of the terms.
    error DealsNotCheaper(DealId deal, NodeId node, uint256 ask, uint256 price);
    /// @notice No tip is held for this worker.
    error DealsNoTip(DealId deal, NodeId node);
    /// @notice The worker runs and can be challenged through `challengeEndEpoch`; until then its tip is held.
    error DealsTipHeld(DealId deal, NodeId node, uint32 challengeEndEpoch);
    /// @notice The rest must stay in the deal for minFundedEpochs.
    error DealsWithdrawTooLarge(DealId deal, uint256 wanted, uint256 withdrawable);

    /// @notice The gas given would not have done what was asked; nothing was.
    error DealsOutOfGas();
}
