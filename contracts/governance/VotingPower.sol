// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";
import {IStaking} from "../staking/IStaking.sol";
import {IMill} from "../token/IMill.sol";

/// @title Who has how many votes
/// @notice What the governor counts: votes of MILL plus votes of staked MILL (18 decimals), at timestamps. The treasury
/// has none, and neither has what is delegated to it. Read only: holders delegate at MILL, providers at Staking.
/// docs/protocol.md, "Governance".
contract VotingPower is IERC5805 {
    /// @notice Votes are delegated at MILL and at Staking, not here.
    error VotingPowerReadOnly();

    /// @notice Votes of MILL that its holders keep.
    IMill public immutable mill;
    /// @notice Votes of MILL that providers staked.
    IStaking public immutable staking;
    /// @notice The timelock.
    address public immutable treasury;

    constructor(IMill mill_, IStaking staking_, address treasury_) {
        mill = mill_;
        staking = staking_;
        treasury = treasury_;
    }

    /// @notice Votes of `account` now.
    function getVotes(address account) external view returns (uint256) {
        if (account == treasury) return 0;
        return mill.getVotes(account) + staking.getVotes(account);
    }

    /// @notice Votes of `account` at the end of the second `timepoint`, which must be over.
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256) {
        if (account == treasury) return 0;
        return mill.getPastVotes(account, timepoint) + staking.getPastVotes(account, timepoint);
    }

    /// @notice MILL that could vote at the end of the second `timepoint`, delegated or not: the supply (staked MILL is part
    /// of it) without what the treasury held and what was delegated to the treasury.
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256) {
        return mill.getPastTotalSupply(timepoint) - mill.getPastVotes(treasury, timepoint);
    }

    /// @notice To whom `account` delegates the MILL it holds. For its stake ask Staking.
    function delegates(address account) external view returns (address) {
        return mill.delegates(account);
    }

    /// @notice Reverts with {VotingPowerReadOnly}.
    function delegate(address) external pure {
        revert VotingPowerReadOnly();
    }

    /// @notice Reverts with {VotingPowerReadOnly}.
    function delegateBySig(address, uint256, uint256, uint8, bytes32, bytes32) external pure {
        revert VotingPowerReadOnly();
    }

    /// @notice Unix seconds.
    function clock() external view returns (uint48) {
        return Time.timestamp();
    }

    /// @notice ERC-6372 description of {clock}.
    // ERC-6372 gives this function its name in capitals.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }
}
