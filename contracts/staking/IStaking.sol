// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../libraries/Ids.sol";

/// @title Provider stake: free, locked behind workers, thawing
/// @notice docs/protocol.md, "Staking". All amounts are MILL with 18 decimals.
interface IStaking {
    /// @param free may be locked by a match or thawed
    /// @param locked behind workers
    /// @param thawCount number of thaw requests ever made
    struct Stake {
        uint96 free;
        uint96 locked;
        uint32 thawCount;
    }

    /// @param amount MILL that leaves
    /// @param readyAt unix seconds from which it can be withdrawn; fixed when requested
    struct Thaw {
        uint96 amount;
        uint64 readyAt;
    }

    event StakingBound(address indexed deals);
    event Staked(ProviderId indexed provider, address indexed from, uint96 amount);
    event ThawRequested(ProviderId indexed provider, uint32 indexed thaw, uint96 amount, uint64 readyAt);
    event ThawWithdrawn(ProviderId indexed provider, uint32 indexed thaw, address to, uint96 amount);
    event StakeSlashed(ProviderId indexed provider, uint96 amount);

    error StakingUnauthorized(address caller, address expected);
    error StakingAlreadyBound(address deals);
    error StakingProviderUnknown(ProviderId provider);
    error StakingZeroAmount();
    error StakingZeroAddress();
    error StakingFreeStakeShort(ProviderId provider, uint96 free, uint96 wanted);
    error StakingThawUnknown(ProviderId provider, uint32 thaw);
    error StakingThawNotReady(uint64 readyAt, uint64 nowSeconds);

    /// @notice Gives `amount` MILL of the caller to the provider as free stake. Whoever stakes for another gives it away.
    function stake(ProviderId provider, uint96 amount) external;

    /// @notice The same with an ERC-2612 permit; a failed permit is ignored and the allowance decides.
    function stakeWithPermit(ProviderId provider, uint96 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice The provider's owner asks for free stake back; ready after `thawPeriod`.
    function requestThaw(ProviderId provider, uint96 amount) external returns (uint32 thaw);

    /// @notice The provider's owner takes out a thawed amount.
    function withdrawThawed(ProviderId provider, uint32 thaw, address to) external;

    // ---- for Deals only ----
    function bind(address deals) external;
    function lock(ProviderId provider, uint96 amount) external;
    function unlock(ProviderId provider, uint96 amount) external;
    /// @notice Burns `amount` of locked stake.
    function slash(ProviderId provider, uint96 amount) external;

    // ---- views ----
    function deals() external view returns (address);
    function getStake(ProviderId provider) external view returns (Stake memory);
    function getThaw(ProviderId provider, uint32 thaw) external view returns (Thaw memory);
    function freeStake(ProviderId provider) external view returns (uint96);
}
