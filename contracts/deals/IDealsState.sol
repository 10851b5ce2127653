// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {IEpochClock} from "../libraries/IEpochClock.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IStaking} from "../staking/IStaking.sol";

/// @title What all parts of Deals know: the other contracts, the clock, the number of deals
interface IDealsState is IEpochClock {
    /// @notice Providers, nodes, offers, attendance.
    function registry() external view returns (IRegistry);

    /// @notice Holds the locks.
    function staking() external view returns (IStaking);

    /// @notice Figures set by the token holders.
    function parameters() external view returns (IParameters);

    /// @notice Receives the fees.
    function treasury() external view returns (address);

    /// @notice Deals ever created; ids run from 1 to this.
    function dealCount() external view returns (uint64);
}
