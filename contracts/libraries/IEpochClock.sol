// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The protocol's clock
/// @notice Epoch e covers the seconds `[genesis + e * epochDuration, genesis + (e + 1) * epochDuration)`. Registry and
/// Deals are deployed with the same two figures, which never change. docs/protocol.md, "Time".
interface IEpochClock {
    /// @notice An epoch must last at least a second.
    error EpochDurationZero();

    /// @notice The clock would start after this block: there would be no present epoch.
    /// @param genesis unix seconds asked for
    /// @param nowSeconds unix seconds of this block
    error EpochGenesisInFuture(uint64 genesis, uint256 nowSeconds);

    /// @notice The present epoch.
    function currentEpoch() external view returns (uint32);

    /// @notice Unix seconds at which epoch 0 began.
    function genesis() external view returns (uint64);

    /// @notice Length of an epoch in seconds.
    function epochDuration() external view returns (uint32);
}
