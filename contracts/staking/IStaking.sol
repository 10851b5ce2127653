// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IMill} from "../token/IMill.sol";

/// @title Provider stake: free, locked behind workers, thawing, slashed
/// @notice docs/protocol.md, "Staking". All amounts are MILL with 18 decimals.
/// Stake belongs to a provider. It is free, locked behind workers (by Deals alone), or thawing on its way out. All of it
/// votes, once the provider's owner has named a delegate, until it is withdrawn or slashed.
///
/// A slash takes locked stake into escrow for the slashVetoWindow in force then. Until that is over the admin (the token
/// holders, by a vote) or the guardian within its term can veto it: all of it is free stake again. After that anyone executes
/// it: 40 % is owed to the owner of the deal that was harmed, 10 % to who reported it, the rest is burned, and so is a share
/// that nobody is to get. Whoever slashes himself loses at least half.
interface IStaking {
    /// @param free may be locked by a match or thawed
    /// @param locked behind workers
    /// @param thawCount number of thaw requests ever made, and the id of the newest
    /// @param thawing on its way out, ready or not
    /// @param delegatee who votes with all of this; zero if nobody
    struct Stake {
        uint96 free;
        uint96 locked;
        uint32 thawCount;
        uint96 thawing;
        address delegatee;
    }

    /// @param amount MILL that leaves
    /// @param readyAt unix seconds from which it can be withdrawn; fixed when requested
    struct Thaw {
        uint96 amount;
        uint64 readyAt;
    }

    /// @param amount MILL in escrow; 0 if there is no such slash, or no more
    /// @param owner of the deal that was harmed; gets 40 %
    /// @param reporter who reported it, zero for nobody; gets 10 %
    /// @param provider whose stake it was
    /// @param vetoEndsAt unix seconds from which it can be executed, and no longer vetoed; fixed when it was slashed
    struct Slash {
        uint96 amount;
        address owner;
        address reporter;
        ProviderId provider;
        uint48 vetoEndsAt;
    }

    /// @notice `deals` alone may lock, unlock and slash, from now on for good.
    event StakingBound(address indexed deals);
    /// @notice `amount` of `from`'s MILL became free stake of the provider.
    event Staked(ProviderId indexed provider, address indexed from, uint96 amount);
    /// @notice `amount` left the free stake and can be withdrawn from `readyAt` (unix seconds) on.
    event ThawRequested(ProviderId indexed provider, uint32 indexed thaw, uint96 amount, uint64 readyAt);
    /// @notice A thawed amount left to `to`; the thaw is forgotten.
    event ThawWithdrawn(ProviderId indexed provider, uint32 indexed thaw, address to, uint96 amount);
    /// @notice `amount` of locked stake went into escrow until `vetoEndsAt` (unix seconds). Which worker lost it is told by
    /// Deals' events, as all locks are.
    event StakeSlashed(
        uint64 indexed slash,
        ProviderId indexed provider,
        uint96 amount,
        address owner,
        address reporter,
        uint48 vetoEndsAt
    );
    /// @notice `by` vetoed a slash: `amount` is free stake of the provider again.
    event SlashVetoed(uint64 indexed slash, ProviderId indexed provider, address by, uint96 amount);
    /// @notice A slash was executed: `ownerShare` and `reporterShare` are owed to those it names, `burned` is gone.
    event SlashExecuted(
        uint64 indexed slash,
        ProviderId indexed provider,
        uint96 ownerShare,
        uint96 reporterShare,
        uint96 burned
    );
    /// @notice `account` took all its shares of executed slashes.
    event SharesWithdrawn(address indexed account, address to, uint256 amount);
    /// @notice `slasher` may slash workers from `activeFrom` (unix seconds) on.
    event SlasherAdded(address indexed slasher, uint48 activeFrom);
    /// @notice `slasher` may not slash, from now on.
    event SlasherRemoved(address indexed slasher);
    /// @notice `toDelegate` votes with the stake of `delegator`'s provider from now on, `fromDelegate` no longer does. As in
    /// ERC-5805; the zero address stands for nobody.
    event DelegateChanged(address indexed delegator, address indexed fromDelegate, address indexed toDelegate);
    /// @notice `delegate` has `newVotes` votes of staked MILL.
    event DelegateVotesChanged(address indexed delegate, uint256 previousVotes, uint256 newVotes);

    error StakingUnauthorized(address caller, address expected);
    error StakingAlreadyBound(address deals);
    error StakingProviderUnknown(ProviderId provider);
    error StakingZeroAmount();
    error StakingZeroAddress();
    error StakingFreeStakeShort(ProviderId provider, uint96 free, uint96 wanted);
    error StakingLockedStakeShort(ProviderId provider, uint96 locked, uint96 wanted);
    error StakingThawUnknown(ProviderId provider, uint32 thaw);
    error StakingThawNotReady(uint64 readyAt, uint64 nowSeconds);
    /// @notice There is no such slash, or it was vetoed or executed.
    error StakingSlashUnknown(uint64 slash);
    /// @notice It can be executed from `vetoEndsAt` (unix seconds) on.
    error StakingVetoNotOver(uint48 vetoEndsAt, uint48 nowSeconds);
    /// @notice It could be vetoed before `vetoEndsAt` (unix seconds).
    error StakingVetoOver(uint48 vetoEndsAt, uint48 nowSeconds);
    /// @notice Only the admin, or the guardian before `guardianTermEndsAt` (unix seconds), may veto.
    error StakingVetoUnauthorized(address caller, address admin, address guardian, uint48 guardianTermEndsAt);
    /// @notice The account has no share of an executed slash.
    error StakingNoShares(address account);
    /// @notice It is a slasher already, from `activeFrom` (unix seconds) on.
    error StakingSlasherKnown(address slasher, uint48 activeFrom);
    /// @notice It is no slasher.
    error StakingSlasherUnknown(address slasher);
    /// @notice Votes of a second that is not over are not known.
    error StakingFutureLookup(uint256 timepoint, uint48 nowSeconds);

    // ---- staking (anyone) ----

    /// @notice Gives `amount` MILL of the caller to the provider as free stake. Whoever stakes for another gives it away.
    /// The caller must have approved this contract. Emits {Staked}.
    /// Reverts: {StakingZeroAmount}, {StakingProviderUnknown}, and MILL's own errors when allowance or balance are short.
    function stake(ProviderId provider, uint96 amount) external;

    /// @notice The same with an ERC-2612 permit of the caller for exactly `amount`; a failed permit is ignored and the
    /// allowance decides, so that nobody can block it by sending the permit first.
    /// @param deadline unix seconds until which the permit is valid
    function stakeWithPermit(
        ProviderId provider,
        uint96 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    // ---- leaving (the provider's owner) ----

    /// @notice Asks for free stake back; it can be withdrawn after the thawPeriod in force now. Emits {ThawRequested}.
    /// Reverts: {StakingProviderUnknown}, {StakingUnauthorized}, {StakingZeroAmount}, {StakingFreeStakeShort}.
    /// @return thaw id of the request, from 1 for each provider
    function requestThaw(ProviderId provider, uint96 amount) external returns (uint32 thaw);

    /// @notice Takes out a whole thawed amount. Emits {ThawWithdrawn}.
    /// Reverts: {StakingProviderUnknown}, {StakingUnauthorized}, {StakingZeroAddress}, {StakingThawUnknown} (never
    /// requested or withdrawn already), {StakingThawNotReady}.
    function withdrawThawed(ProviderId provider, uint32 thaw, address to) external;

    // ---- voting (the provider's owner) ----

    /// @notice Names who votes with the stake of the caller's provider (free, locked and thawing), now and in future; the
    /// caller itself, another, or the zero address for nobody. Emits {DelegateChanged} and {DelegateVotesChanged}.
    /// Reverts: {StakingProviderUnknown} (the caller has no provider).
    function delegate(address delegatee) external;

    // ---- for Deals only: everyone else gets StakingUnauthorized ----

    /// @notice Names the only contract that may lock, unlock and slash; by the binder of the deployment, once.
    /// Emits {StakingBound}. Reverts: {StakingUnauthorized}, {StakingAlreadyBound}, {StakingZeroAddress}.
    function bind(address deals) external;

    /// @notice Moves free stake behind a worker. Reverts: {StakingFreeStakeShort}.
    function lock(ProviderId provider, uint96 amount) external;

    /// @notice Returns locked stake to the free stake. Reverts: {StakingLockedStakeShort}.
    function unlock(ProviderId provider, uint96 amount) external;

    /// @notice Takes locked stake into escrow for the slashVetoWindow in force now. It does not vote there.
    /// Emits {StakeSlashed}. Reverts: {StakingZeroAmount}, {StakingLockedStakeShort}.
    /// @param owner of the deal that was harmed
    /// @param reporter zero for nobody: that share is burned
    /// @return id of the slash, from 1
    function slash(ProviderId provider, uint96 amount, address owner, address reporter) external returns (uint64 id);

    // ---- slashes ----

    /// @notice The admin, or the guardian within its term, gives a slashed amount back: it is free stake of the provider and
    /// votes again. What the slash ended stays ended. Emits {SlashVetoed}.
    /// Reverts: {StakingVetoUnauthorized}, {StakingSlashUnknown}, {StakingVetoOver}.
    function vetoSlash(uint64 id) external;

    /// @notice Anyone executes a slash that nobody vetoed: shares are booked, the rest is burned. Emits {SlashExecuted}.
    /// Reverts: {StakingSlashUnknown}, {StakingVetoNotOver}.
    function executeSlash(uint64 id) external;

    /// @notice The caller takes all its shares of executed slashes. Emits {SharesWithdrawn}.
    /// Reverts: {StakingZeroAddress}, {StakingNoShares}.
    /// @return amount MILL
    function withdrawShares(address to) external returns (uint256 amount);

    // ---- slashers (the admin) ----

    /// @notice Lets a contract slash workers through Deals, thawPeriod seconds (as in force now) from now on: whoever does
    /// not trust it can leave before. Emits {SlasherAdded}.
    /// Reverts: {StakingUnauthorized}, {StakingZeroAddress}, {StakingSlasherKnown}.
    function addSlasher(address slasher) external;

    /// @notice Ends that at once. What it slashed stays in escrow as it is. Emits {SlasherRemoved}.
    /// Reverts: {StakingUnauthorized}, {StakingSlasherUnknown}.
    function removeSlasher(address slasher) external;

    // ---- views ----

    /// @notice The token that is staked.
    function mill() external view returns (IMill);

    /// @notice Knows who owns a provider.
    function registry() external view returns (IRegistry);

    /// @notice Where thawPeriod is read.
    function parameters() external view returns (IParameters);

    /// @notice The bound Deals contract, zero before {bind}.
    function deals() external view returns (address);

    /// @notice The stake of a provider; zeros if it is unknown.
    function getStake(ProviderId provider) external view returns (Stake memory);

    /// @notice A thaw under way; zeros if there is none of that id any more.
    function getThaw(ProviderId provider, uint32 thaw) external view returns (Thaw memory);

    /// @notice Slashes ever made, and the id of the newest.
    function slashCount() external view returns (uint64);

    /// @notice A slash in escrow; zeros if there is none of that id any more.
    function getSlash(uint64 id) external view returns (Slash memory);

    /// @notice MILL that `account` can withdraw of executed slashes.
    function sharesOf(address account) external view returns (uint256);

    /// @notice Unix seconds from which `account` may slash workers; 0 if it is no slasher.
    function slasherFrom(address account) external view returns (uint48);

    /// @notice Whether `account` may slash workers now.
    function isSlasher(address account) external view returns (bool);

    /// @notice Free stake of a provider.
    function freeStake(ProviderId provider) external view returns (uint96);

    /// @notice Who votes with the stake of `account`'s provider, zero if nobody.
    function delegates(address account) external view returns (address);

    /// @notice Votes of staked MILL that `account` has now.
    function getVotes(address account) external view returns (uint256);

    /// @notice Votes of staked MILL that `account` had at the end of the second `timepoint`.
    /// Reverts: {StakingFutureLookup} (that second is not over).
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256);
}
