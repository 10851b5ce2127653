// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {IMill} from "../../contracts/token/IMill.sol";
import {IGovernorWhole, ITimelockWhole} from "../lib/Contracts.sol";
import {Deployments} from "../lib/Deployments.sol";

/// @notice Everything that governs, as a deployment binds it. Of 1,000 MILL the treasury holds 500, `alice` 300, `bob` 180
/// and `carol` 20, so the quorum of 4 % is 20; nobody has delegated yet. `carol` owns a provider.
abstract contract GovernanceTest is Deployments {
    uint48 internal constant VOTING_DELAY = 1 days;
    uint32 internal constant VOTING_PERIOD = 5 days;
    uint256 internal constant TIMELOCK_DELAY = 2 days;
    uint32 internal constant VETO_MARGIN = 1 days;
    uint256 internal constant THRESHOLD = 1 ether;

    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    uint8 internal constant ABSTAIN = 2;

    /// @dev One action of a proposal, with its description.
    struct Proposal {
        address target;
        bytes call;
        string description;
    }

    address internal guardian = _account("guardian");
    address internal alice = _account("alice");
    address internal bob = _account("bob");
    address internal carol = _account("carol");
    address internal deals = _account("deals");
    address internal stranger = _account("stranger");

    ITimelockWhole internal timelock;
    IMill internal mill;
    IParameters internal parameters;
    IRegistry internal registry;
    IStaking internal staking;
    IERC5805 internal votingPower;
    IGovernorWhole internal governor;
    ProviderId internal provider;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        timelock = _newTimelock(TIMELOCK_DELAY, address(this));
        address[] memory holders = new address[](4);
        uint256[] memory amounts = new uint256[](4);
        (holders[0], holders[1], holders[2], holders[3]) = (address(timelock), alice, bob, carol);
        (amounts[0], amounts[1], amounts[2], amounts[3]) = (500 ether, 300 ether, 180 ether, 20 ether);
        mill = _newMill(address(timelock), holders, amounts);
        parameters = _newParameters(address(timelock), guardian, _values(), _windows(), VETO_MARGIN);
        registry = _newRegistry(parameters, address(this), uint64(block.timestamp), 3600);
        staking = _newStaking(mill, registry, parameters, address(this));
        staking.bind(deals);
        votingPower = _newVotingPower(mill, staking, address(timelock));
        governor = _newGovernor(_governorSettings());
        timelock.bind(address(governor));
        vm.prank(carol);
        provider = registry.registerProvider(0, carol);
        _skip(1);
    }

    function _governorSettings() internal view returns (GovernorSettings memory) {
        return
            GovernorSettings({
                votingPower: votingPower,
                timelock: address(timelock),
                parameters: parameters,
                votingDelay: VOTING_DELAY,
                votingPeriod: VOTING_PERIOD,
                proposalThreshold: THRESHOLD,
                quorumPercent: 4
            });
    }

    function _values() internal pure returns (IParameters.Values memory values) {
        values.stakePerUnit = 200 ether;
        values.thawPeriod = 14 days;
        values.minFundedEpochs = 24;
        values.protocolFeeBps = 100;
        values.maxMissedEpochs = 3;
        values.evictionSlashBps = 100;
        values.resignNoticeEpochs = 24;
    }

    function _windows() internal pure returns (IParameters.Windows memory) {
        return
            IParameters.Windows({
                slashVetoWindow: 9 days,
                matchChallengeWindow: 2,
                disputeWindow: 1 days,
                maxDisputeDuration: 7 days
            });
    }

    // ---- votes ----

    function _delegate(address account) internal {
        vm.prank(account);
        mill.delegate(account);
    }

    function _stake(address from, uint96 amount) internal {
        vm.startPrank(from);
        mill.approve(address(staking), amount);
        staking.stake(provider, amount);
        vm.stopPrank();
    }

    // ---- proposals ----

    function _feeProposal(uint16 feeBps) internal view returns (Proposal memory) {
        return Proposal(address(parameters), abi.encodeCall(IParameters.setProtocolFeeBps, (feeBps)), "Change the fee");
    }

    function _arguments(
        Proposal memory proposal
    ) internal pure returns (address[] memory targets, uint256[] memory amounts, bytes[] memory calls) {
        (targets, amounts, calls) = (new address[](1), new uint256[](1), new bytes[](1));
        (targets[0], calls[0]) = (proposal.target, proposal.call);
    }

    function _propose(address proposer, Proposal memory proposal) internal returns (uint256) {
        (address[] memory targets, uint256[] memory amounts, bytes[] memory calls) = _arguments(proposal);
        vm.prank(proposer);
        return governor.propose(targets, amounts, calls, proposal.description);
    }

    function _queue(Proposal memory proposal) internal {
        (address[] memory targets, uint256[] memory amounts, bytes[] memory calls) = _arguments(proposal);
        governor.queue(targets, amounts, calls, keccak256(bytes(proposal.description)));
    }

    function _execute(Proposal memory proposal) internal {
        (address[] memory targets, uint256[] memory amounts, bytes[] memory calls) = _arguments(proposal);
        governor.execute(targets, amounts, calls, keccak256(bytes(proposal.description)));
    }

    function _cancel(address caller, Proposal memory proposal) internal {
        (address[] memory targets, uint256[] memory amounts, bytes[] memory calls) = _arguments(proposal);
        vm.prank(caller);
        governor.cancel(targets, amounts, calls, keccak256(bytes(proposal.description)));
    }

    function _vote(address voter, uint256 id, uint8 support) internal {
        vm.prank(voter);
        governor.castVote(id, support);
    }

    /// @dev To the first second in which votes are cast.
    function _toVoting(uint256 id) internal {
        vm.warp(governor.proposalSnapshot(id) + 1);
    }

    /// @dev To the first second after the vote.
    function _toResult(uint256 id) internal {
        vm.warp(governor.proposalDeadline(id) + 1);
    }

    /// @dev Alice proposes, votes for it alone, and anybody carries it out.
    function _decide(Proposal memory proposal) internal returns (uint256 id) {
        id = _propose(alice, proposal);
        _toVoting(id);
        _vote(alice, id, FOR);
        _toResult(id);
        _queue(proposal);
        _skip(TIMELOCK_DELAY);
        _execute(proposal);
    }

    function _assertState(uint256 id, IGovernor.ProposalState state) internal view {
        vm.assertEq(uint256(governor.state(id)), uint256(state), "state");
    }

    function _expectState(uint256 id, IGovernor.ProposalState present, IGovernor.ProposalState wanted) internal {
        bytes32 bitmap = bytes32(1 << uint256(wanted));
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorUnexpectedProposalState.selector, id, present, bitmap)
        );
    }
}
