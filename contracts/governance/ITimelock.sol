// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What Parameters asks of the timelock that administers it
interface ITimelock {
    /// @notice Seconds from a proposal to its execution at the earliest: the governor's voting delay and voting period, once
    /// it is bound, and the timelock's delay.
    function decisionSeconds() external view returns (uint256);
}
