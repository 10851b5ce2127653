// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSequentialProposalId} from "@openzeppelin/contracts/governance/extensions/GovernorSequentialProposalId.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IParameters} from "./IParameters.sol";
import {IVetoable} from "./IVetoable.sol";

/// @title Where the token holders decide
/// @notice OpenZeppelin's Governor on timestamps: proposals are numbered from 1, counted for, against and abstain by
/// {VotingPower}, and executed through the timelock, which is the only admin of the protocol and its treasury.
/// docs/protocol.md, "Governance".
contract MillraceGovernor is
    IVetoable,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl,
    GovernorSequentialProposalId
{
    /// @notice Whose slashVetoWindow a decision must fit into.
    IParameters public immutable parameters;

    /// @param votingPower who has how many votes
    /// @param timelock_ executes what was decided
    /// @param parameters_ whose slashVetoWindow leaves time for a decision
    /// @param votingDelay_ seconds from a proposal to the moment whose votes count
    /// @param votingPeriod_ seconds in which votes are cast
    /// @param proposalThreshold_ votes (MILL, 18 decimals) that a proposer needs
    /// @param quorumPercent votes for or abstaining that a decision needs, in percent of the MILL outside the treasury
    constructor(
        IERC5805 votingPower,
        TimelockController timelock_,
        IParameters parameters_,
        uint48 votingDelay_,
        uint32 votingPeriod_,
        uint256 proposalThreshold_,
        uint256 quorumPercent
    )
        Governor("Millrace Governor")
        GovernorSettings(votingDelay_, votingPeriod_, proposalThreshold_)
        GovernorVotes(votingPower)
        GovernorVotesQuorumFraction(quorumPercent)
        GovernorTimelockControl(timelock_)
    {
        parameters = parameters_;
        requireVetoable();
    }

    /// @inheritdoc IVetoable
    function requireVetoable() public view {
        uint256 timelockDelay = TimelockController(payable(timelock())).getMinDelay();
        parameters.requireVetoable(votingDelay() + votingPeriod() + timelockDelay);
    }

    // ---- periods that a veto must fit into ----

    function _setVotingDelay(uint48 newVotingDelay) internal override {
        super._setVotingDelay(newVotingDelay);
        _requireVetoable();
    }

    function _setVotingPeriod(uint32 newVotingPeriod) internal override {
        super._setVotingPeriod(newVotingPeriod);
        _requireVetoable();
    }

    /// @dev While the parents are being constructed there are no parameters yet; the constructor asks at its end.
    function _requireVetoable() private view {
        if (address(parameters) != address(0)) requireVetoable();
    }

    // ---- which parent answers ----

    /// @notice State of a proposal, with what the timelock knows of it.
    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    /// @notice True: every proposal waits in the timelock.
    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    /// @notice Votes (MILL, 18 decimals) that a proposer needs.
    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    /// @notice The number of a proposal with these contents.
    function getProposalId(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) public view override(Governor, GovernorSequentialProposalId) returns (uint256) {
        return super.getProposalId(targets, values, calldatas, descriptionHash);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override(Governor, GovernorSequentialProposalId) returns (uint256) {
        return super._propose(targets, values, calldatas, description, proposer);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
