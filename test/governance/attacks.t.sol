// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IParameters} from "../../contracts/governance/IParameters.sol";
import {IMill} from "../../contracts/token/IMill.sol";
import {Mill} from "../../contracts/token/Mill.sol";
import {GovernanceTest} from "./GovernanceTest.sol";

/// @notice Borrows MILL, delegates it to itself, votes, and gives it back: all in one transaction.
contract Borrower {
    function borrow(IMill mill, IGovernor governor, uint256 id, address lender, uint256 amount) external {
        mill.transferFrom(lender, address(this), amount);
        mill.delegate(address(this));
        governor.castVote(id, 1);
        mill.transfer(lender, amount);
    }
}

contract GovernanceAttacksTest is GovernanceTest {
    function setUp() public override {
        super.setUp();
        _delegate(alice);
        _skip(1);
    }

    /// Tokens borrowed for one transaction: whatever second they are borrowed in, they vote for nothing.
    function test_attack_borrowedTokensDoNotVote() public {
        uint256 id = _propose(alice, _feeProposal(500));
        Borrower borrower = new Borrower();
        vm.prank(bob);
        mill.approve(address(borrower), type(uint256).max);
        uint256 snapshot = governor.proposalSnapshot(id);
        for (uint256 second = snapshot - 1; second <= snapshot + 1; ++second) {
            vm.warp(second);
            if (second <= snapshot) {
                _expectState(id, IGovernor.ProposalState.Pending, IGovernor.ProposalState.Active);
                borrower.borrow(mill, governor, id, bob, 180 ether);
                // The same without a vote, in the very second whose votes count.
                _borrowAndReturn(address(borrower));
            } else {
                borrower.borrow(mill, governor, id, bob, 180 ether);
            }
        }
        (uint256 against, uint256 inFavour, uint256 abstaining) = governor.proposalVotes(id);
        vm.assertEq(against + inFavour + abstaining, 0);
        vm.assertEq(votingPower.getPastVotes(address(borrower), snapshot), 0);
    }

    /// Borrowed tokens do not reach the threshold of a proposer either: votes of the second before count.
    function test_attack_borrowedTokensDoNotPropose() public {
        vm.prank(bob);
        mill.transfer(stranger, 180 ether);
        _delegate(stranger);
        bytes4 selector = IGovernor.GovernorInsufficientProposerVotes.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, stranger, 0, THRESHOLD));
        this.propose(stranger, _feeProposal(500));
    }

    /// The same MILL never votes twice in one proposal, as token and as stake, however it moves.
    function test_attack_movingTokensIntoStakeDoesNotDoubleThem() public {
        _delegate(carol);
        vm.prank(carol);
        staking.delegate(bob);
        _skip(1);
        uint256 id = _propose(alice, _feeProposal(500));
        _toVoting(id);
        _vote(carol, id, FOR);
        _stake(carol, 20 ether);
        _skip(1);
        _vote(bob, id, FOR);
        (, uint256 inFavour, ) = governor.proposalVotes(id);
        vm.assertEq(inFavour, 20 ether);
    }

    /// Whoever thaws keeps his votes while the MILL is here and loses them with it: no votes of what has left.
    function test_attack_thawingKeepsNoVotesAfterwards() public {
        _stake(carol, 20 ether);
        vm.prank(carol);
        staking.delegate(carol);
        vm.prank(carol);
        uint32 thaw = staking.requestThaw(provider, 15 ether);
        vm.assertEq(votingPower.getVotes(carol), 20 ether);
        _skip(14 days);
        vm.prank(carol);
        staking.withdrawThawed(provider, thaw, stranger);
        vm.assertEq(votingPower.getVotes(carol), 5 ether);
        vm.assertEq(votingPower.getVotes(stranger), 0);
    }

    /// Locked stake cannot flee before a slash, and what is burned votes no more.
    function test_attack_slashedStakeKeepsNoVotes() public {
        _stake(carol, 20 ether);
        vm.prank(carol);
        staking.delegate(carol);
        vm.prank(deals);
        staking.lock(provider, 12 ether);
        vm.prank(carol);
        staking.requestThaw(provider, 8 ether);
        vm.prank(deals);
        staking.slash(provider, 12 ether, alice, bob);
        vm.assertEq(votingPower.getVotes(carol), 8 ether);
        vm.prank(carol);
        staking.delegate(bob);
        vm.assertEq(votingPower.getVotes(carol), 0);
        vm.assertEq(votingPower.getVotes(bob), 8 ether);
    }

    /// Even a proposal that makes the treasury vote adds no vote.
    function test_attack_theTreasuryVotesWithNothing() public {
        uint256 id = _propose(alice, _feeProposal(500));
        _toVoting(id);
        _vote(address(timelock), id, FOR);
        (, uint256 inFavour, ) = governor.proposalVotes(id);
        vm.assertEq(inFavour, 0);
    }

    /// A decision cannot hand the treasury's votes to anybody without paying the MILL out.
    function test_attack_theTreasuryCannotDelegate() public {
        Proposal memory proposal = Proposal(address(mill), abi.encodeCall(mill.delegate, (alice)), "Vote for us");
        uint256 id = _propose(alice, proposal);
        _toVoting(id);
        _vote(alice, id, FOR);
        _toResult(id);
        _queue(proposal);
        _skip(TIMELOCK_DELAY);
        vm.expectRevert(abi.encodeWithSelector(Mill.MillTreasuryDelegates.selector, alice));
        this.execute(proposal);
    }

    /// The guardian has one pause per vote: a second one, or one after its year, is refused; it can do nothing else.
    function test_attack_theGuardianPausesOnceAndNothingElse() public {
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        _skip(14 days);
        vm.expectRevert(IParameters.ParameterPauseUsed.selector);
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ParameterUnauthorized.selector, guardian, address(timelock))
        );
        vm.prank(guardian);
        parameters.setGuardian(guardian);
    }

    /// A pause stops no vote: the token holders can end it, and the guardian with it.
    function test_attack_aPauseDoesNotStopTheVote() public {
        _decide(Proposal(address(parameters), abi.encodeCall(IParameters.setGuardian, (bob)), "Replace the guardian"));
        vm.prank(bob);
        parameters.pauseEntry(14 days);
        _decide(Proposal(address(parameters), abi.encodeCall(IParameters.resumeEntry, ()), "Open"));
        vm.assertEq(parameters.entryPausedUntil(), 0);
    }

    /// Nobody goes round the vote: not to the timelock, not to the governor's own rules.
    function test_attack_nobodyGoesRoundTheVote() public {
        bytes memory call = abi.encodeCall(IParameters.setProtocolFeeBps, (500));
        address[3] memory callers = [address(this), alice, guardian];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert();
            vm.prank(callers[i]);
            timelock.schedule(address(parameters), 0, call, 0, 0, TIMELOCK_DELAY);
            vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, callers[i]));
            vm.prank(callers[i]);
            governor.setVotingPeriod(1);
        }
    }

    function _borrowAndReturn(address borrower) private {
        vm.prank(bob);
        mill.transfer(borrower, 180 ether);
        vm.prank(borrower);
        mill.delegate(borrower);
        vm.prank(borrower);
        mill.transfer(bob, 180 ether);
    }

    function propose(address proposer, Proposal memory proposal) external returns (uint256) {
        return _propose(proposer, proposal);
    }

    function execute(Proposal memory proposal) external {
        _execute(proposal);
    }
}
