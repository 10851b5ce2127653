// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEpochClock} from "./IEpochClock.sol";

/// @title The protocol's clock, shared by Registry and Deals
abstract contract EpochClock is IEpochClock {
    /// @inheritdoc IEpochClock
    uint64 public immutable genesis;

    /// @inheritdoc IEpochClock
    uint32 public immutable epochDuration;

    constructor(uint64 genesis_, uint32 epochDuration_) {
        require(epochDuration_ != 0, EpochDurationZero());
        require(genesis_ <= block.timestamp, EpochGenesisInFuture(genesis_, block.timestamp));
        genesis = genesis_;
        epochDuration = epochDuration_;
    }

    /// @inheritdoc IEpochClock
    function currentEpoch() public view returns (uint32) {
        // genesis is not in the future, block time never goes back, and 2^32 epochs of a second are 136 years
        unchecked {
            return uint32((block.timestamp - genesis) / epochDuration);
        }
    }
}
