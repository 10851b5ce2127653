// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IParameters} from "../../contracts/governance/IParameters.sol";
import {GovernanceTest} from "./GovernanceTest.sol";

contract GovernorTest is GovernanceTest {
    function setUp() public override {
        super.setUp();
        _delegate(alice);
        _delegate(bob);
        _skip(1);
    }

    function test_constructor_takesTheSettings() public view {
        vm.assertEq(governor.votingDelay(), VOTING_DELAY);
        vm.assertEq(governor.votingPeriod(), VOTING_PERIOD);
        vm.assertEq(governor.proposalThreshold(), THRESHOLD);
        vm.assertEq(governor.quorumNumerator(), 4);
        vm.assertEq(governor.timelock(), address(timelock));
        vm.assertEq(address(governor.token()), address(votingPower));
    }

    /// From an idea to a parameter in force: the whole cycle, each state on its way.
    function test_cycle_changesAParameter() public {
        Proposal memory proposal = _feeProposal(200);
        uint256 id = _propose(alice, proposal);
        vm.assertEq(id, 1);
        _assertState(id, IGovernor.ProposalState.Pending);
        _toVoting(id);
        _assertState(id, IGovernor.ProposalState.Active);
        _vote(alice, id, FOR);
        _vote(bob, id, AGAINST);
        (uint256 against, uint256 inFavour, uint256 abstaining) = governor.proposalVotes(id);
        vm.assertEq(against, 180 ether);
        vm.assertEq(inFavour, 300 ether);
        vm.assertEq(abstaining, 0);
        _toResult(id);
        _assertState(id, IGovernor.ProposalState.Succeeded);
        _queue(proposal);
        _assertState(id, IGovernor.ProposalState.Queued);
        vm.assertEq(governor.proposalEta(id), block.timestamp + TIMELOCK_DELAY);
        _skip(TIMELOCK_DELAY - 1);
        vm.expectRevert();
        this.execute(proposal);
        _skip(1);
        _execute(proposal);
        _assertState(id, IGovernor.ProposalState.Executed);
        vm.assertEq(parameters.values().protocolFeeBps, 200);
    }

    function test_cycle_numbersProposalsFromOne() public {
        vm.assertEq(_propose(alice, _feeProposal(200)), 1);
        vm.assertEq(_propose(bob, _feeProposal(300)), 2);
        vm.assertEq(governor.latestProposalId(), 2);
    }

    function test_cycle_paysFromTheTreasury() public {
        Proposal memory proposal = Proposal(address(mill), abi.encodeCall(mill.transfer, (stranger, 7 ether)), "Pay");
        _decide(proposal);
        vm.assertEq(mill.balanceOf(stranger), 7 ether);
        vm.assertEq(mill.balanceOf(address(timelock)), 493 ether);
    }

    /// The token holders give the guardian its pause back.
    function test_cycle_renewsTheGuardian() public {
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        _decide(Proposal(address(parameters), abi.encodeCall(IParameters.setGuardian, (guardian)), "Renew"));
        vm.assertFalse(parameters.pauseUsed());
        vm.prank(guardian);
        parameters.pauseEntry(1);
    }

    function test_cycle_changesItsOwnRules() public {
        _decide(Proposal(address(governor), abi.encodeCall(governor.setVotingPeriod, (4 days)), "Vote faster"));
        vm.assertEq(governor.votingPeriod(), 4 days);
    }

    function test_cycle_isDefeated_whenTooManyAreAgainst() public {
        uint256 id = _propose(bob, _feeProposal(200));
        _toVoting(id);
        _vote(bob, id, FOR);
        _vote(alice, id, AGAINST);
        _toResult(id);
        _assertState(id, IGovernor.ProposalState.Defeated);
        _expectState(id, IGovernor.ProposalState.Defeated, IGovernor.ProposalState.Succeeded);
        this.queue(_feeProposal(200));
    }

    /// 19 of 20 MILL are not enough, 20 are; abstaining counts for the quorum.
    function test_cycle_needsTheQuorum() public {
        vm.prank(carol);
        mill.transfer(stranger, 1 ether);
        _delegate(carol);
        _delegate(stranger);
        _skip(1);
        uint256 short = _propose(alice, _feeProposal(200));
        uint256 enough = _propose(alice, _feeProposal(300));
        _toVoting(enough);
        _vote(carol, short, FOR);
        _vote(carol, enough, FOR);
        _vote(stranger, enough, ABSTAIN);
        _toResult(enough);
        _assertState(short, IGovernor.ProposalState.Defeated);
        _assertState(enough, IGovernor.ProposalState.Succeeded);
    }

    function test_cancel_works_byItsProposerBeforeTheVote() public {
        Proposal memory proposal = _feeProposal(200);
        uint256 id = _propose(alice, proposal);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, bob));
        this.cancel(bob, proposal);
        _cancel(alice, proposal);
        _assertState(id, IGovernor.ProposalState.Canceled);
    }

    function test_cancel_reverts_whenTheVoteHasBegun() public {
        Proposal memory proposal = _feeProposal(200);
        uint256 id = _propose(alice, proposal);
        _toVoting(id);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, alice));
        this.cancel(alice, proposal);
    }

    function test_propose_reverts_whenVotesAreShort() public {
        bytes4 selector = IGovernor.GovernorInsufficientProposerVotes.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, carol, 0, THRESHOLD));
        this.propose(carol, _feeProposal(200));
    }

    // ---- calls of this contract, so that the runner sees the reverts ----

    function propose(address proposer, Proposal memory proposal) external returns (uint256) {
        return _propose(proposer, proposal);
    }

    function queue(Proposal memory proposal) external {
        _queue(proposal);
    }

    function execute(Proposal memory proposal) external {
        _execute(proposal);
    }

    function cancel(address caller, Proposal memory proposal) external {
        _cancel(caller, proposal);
    }
}
