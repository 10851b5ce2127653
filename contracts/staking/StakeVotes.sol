// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";
import {IStaking} from "./IStaking.sol";

/// @title Votes of staked MILL, with their history
abstract contract StakeVotes is IStaking {
    using Checkpoints for Checkpoints.Trace208;

    mapping(address delegatee => Checkpoints.Trace208) private _votes;

    /// @inheritdoc IStaking
    function getVotes(address account) external view returns (uint256) {
        return _votes[account].latest();
    }

    /// @inheritdoc IStaking
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256) {
        uint48 present = Time.timestamp();
        require(timepoint < present, StakingFutureLookup(timepoint, present));
        // timepoint < present, which fits 48 bits
        return _votes[account].upperLookupRecent(uint48(timepoint));
    }

    /// @dev Moves `amount` votes; the zero address stands for nobody.
    function _moveVotes(address from, address to, uint256 amount) internal {
        if (from == to || amount == 0) return;
        if (from != address(0)) _setVotes(from, _votes[from].latest() - SafeCast.toUint208(amount));
        if (to != address(0)) _setVotes(to, _votes[to].latest() + SafeCast.toUint208(amount));
    }

    function _setVotes(address delegatee, uint208 votes) private {
        (uint208 previous, ) = _votes[delegatee].push(Time.timestamp(), votes);
        emit DelegateVotesChanged(delegatee, previous, votes);
    }
}
