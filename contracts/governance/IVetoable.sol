// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the timelock asks of the governor that is bound to it
interface IVetoable {
    /// @notice Returns if a vote that is proposed when a slash happens can still veto it.
    /// Reverts: {IParameters-ParameterVetoWindowTooShort}.
    function requireVetoable() external view;
}
