// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters} from "../governance/IParameters.sol";
import {ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IMill} from "../token/IMill.sol";
import {IStaking} from "./IStaking.sol";
import {SlashEscrow} from "./SlashEscrow.sol";

/// @title Provider stake: free, locked behind workers, thawing, slashed
/// @dev Trusts Mill to revert instead of returning false. Invariant 2: its balance is Σ free + locked + thawing + in escrow +
/// shares of executed slashes.
contract Staking is SlashEscrow {
    /// @inheritdoc IStaking
    IRegistry public immutable registry;

    address private immutable _binder;

    mapping(ProviderId provider => mapping(uint32 thaw => Thaw)) private _thaws;

    /// @param mill_ the token that is staked
    /// @param registry_ knows who owns a provider
    /// @param parameters_ thawPeriod, slashVetoWindow, who may veto
    /// @param binder may call {bind}, once
    constructor(
        IMill mill_,
        IRegistry registry_,
        IParameters parameters_,
        address binder
    ) SlashEscrow(mill_, parameters_) {
        registry = registry_;
        _binder = binder;
    }

    // ---- staking (anyone) ----

    /// @inheritdoc IStaking
    function stake(ProviderId provider, uint96 amount) external {
        _stake(provider, amount);
    }

    /// @inheritdoc IStaking
    function stakeWithPermit(
        ProviderId provider,
        uint96 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        // A permit that someone else sent first has done its work; the allowance decides.
        try mill.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _stake(provider, amount);
    }

    // ---- leaving (the provider's owner) ----

    /// @inheritdoc IStaking
    function requestThaw(ProviderId provider, uint96 amount) external returns (uint32 thaw) {
        _requireOwner(provider);
        require(amount != 0, StakingZeroAmount());
        Stake storage stored = _stakes[provider];
        uint96 free = stored.free;
        require(amount <= free, StakingFreeStakeShort(provider, free, amount));
        // amount <= free
        unchecked {
            stored.free = free - amount;
        }
        thaw = ++stored.thawCount;
        stored.thawing += amount;
        uint64 readyAt = SafeCast.toUint64(block.timestamp + parameters.values().thawPeriod);
        _thaws[provider][thaw] = Thaw({amount: amount, readyAt: readyAt});
        emit ThawRequested(provider, thaw, amount, readyAt);
    }

    /// @inheritdoc IStaking
    function withdrawThawed(ProviderId provider, uint32 thaw, address to) external {
        _requireOwner(provider);
        require(to != address(0), StakingZeroAddress());
        Thaw memory thawing = _thaws[provider][thaw];
        require(thawing.readyAt != 0, StakingThawUnknown(provider, thaw));
        // A block timestamp fits 64 bits for as long as there are blocks.
        require(block.timestamp >= thawing.readyAt, StakingThawNotReady(thawing.readyAt, uint64(block.timestamp)));
        delete _thaws[provider][thaw];
        Stake storage stored = _stakes[provider];
        stored.thawing -= thawing.amount;
        _moveVotes(stored.delegatee, address(0), thawing.amount);
        emit ThawWithdrawn(provider, thaw, to, thawing.amount);
        mill.transfer(to, thawing.amount);
    }

    // ---- voting (the provider's owner) ----

    /// @inheritdoc IStaking
    function delegate(address delegatee) external {
        ProviderId provider = registry.providerOf(msg.sender);
        require(ProviderId.unwrap(provider) != 0, StakingProviderUnknown(provider));
        Stake storage stored = _stakes[provider];
        address previous = stored.delegatee;
        stored.delegatee = delegatee;
        emit DelegateChanged(msg.sender, previous, delegatee);
        _moveVotes(previous, delegatee, uint256(stored.free) + stored.locked + stored.thawing);
    }

    // ---- locks (Deals) ----

    /// @inheritdoc IStaking
    function bind(address deals_) external {
        require(msg.sender == _binder, StakingUnauthorized(msg.sender, _binder));
        require(deals == address(0), StakingAlreadyBound(deals));
        require(deals_ != address(0), StakingZeroAddress());
        deals = deals_;
        emit StakingBound(deals_);
    }

    /// @inheritdoc IStaking
    function lock(ProviderId provider, uint96 amount) external onlyDeals {
        Stake storage stored = _stakes[provider];
        // In one statement each, so that the compiler reads and writes the slot once.
        (uint96 free, uint96 locked) = (stored.free, stored.locked);
        require(amount <= free, StakingFreeStakeShort(provider, free, amount));
        // amount <= free, and no sum of stakes overflows
        unchecked {
            (stored.free, stored.locked) = (free - amount, locked + amount);
        }
    }

    /// @inheritdoc IStaking
    function unlock(ProviderId provider, uint96 amount) external onlyDeals {
        Stake storage stored = _stakes[provider];
        (uint96 free, uint96 locked) = (stored.free, stored.locked);
        require(amount <= locked, StakingLockedStakeShort(provider, locked, amount));
        // amount <= locked, and no sum of stakes overflows
        unchecked {
            (stored.free, stored.locked) = (free + amount, locked - amount);
        }
    }

    // ---- views ----

    /// @inheritdoc IStaking
    function getStake(ProviderId provider) external view returns (Stake memory) {
        return _stakes[provider];
    }

    /// @inheritdoc IStaking
    function getThaw(ProviderId provider, uint32 thaw) external view returns (Thaw memory) {
        return _thaws[provider][thaw];
    }

    /// @inheritdoc IStaking
    function freeStake(ProviderId provider) external view returns (uint96) {
        return _stakes[provider].free;
    }

    /// @inheritdoc IStaking
    function delegates(address account) external view returns (address) {
        return _stakes[registry.providerOf(account)].delegatee;
    }

    // ---- internals ----

    function _stake(ProviderId provider, uint96 amount) private {
        require(amount != 0, StakingZeroAmount());
        require(registry.ownerOf(provider) != address(0), StakingProviderUnknown(provider));
        // MILL's whole supply fits 96 bits, so no sum of stakes overflows.
        Stake storage stored = _stakes[provider];
        stored.free += amount;
        emit Staked(provider, msg.sender, amount);
        _moveVotes(address(0), stored.delegatee, amount);
        mill.transferFrom(msg.sender, address(this), amount);
    }

    function _requireOwner(ProviderId provider) private view {
        address owner = registry.ownerOf(provider);
        require(owner != address(0), StakingProviderUnknown(provider));
        require(msg.sender == owner, StakingUnauthorized(msg.sender, owner));
    }
}
