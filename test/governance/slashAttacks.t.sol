// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {GovernanceTest} from "./GovernanceTest.sol";

/// @notice What the token holders can do to stakers, and for them, with the periods of production. Carol has staked 10 MILL.
contract SlashGovernanceAttacksTest is GovernanceTest {
    address private attacker = _account("attacker");

    function setUp() public override {
        super.setUp();
        _delegate(alice);
        _stake(carol, 10 ether);
        _skip(1);
    }

    /// A vote that begins when the slash happens is executed before its window is over, even with an hour lost at each step.
    function test_veto_ofAProposalMadeAtTheSlash_comesInTime() public {
        uint64 id = _slash(4 ether);
        _skip(1 hours);
        Proposal memory veto = _veto(id);
        uint256 proposal = _propose(alice, veto);
        _toVoting(proposal);
        _skip(VOTING_PERIOD - 1);
        _vote(alice, proposal, FOR);
        _toResult(proposal);
        _skip(1 hours);
        _queue(veto);
        _skip(TIMELOCK_DELAY + 1 hours);
        _execute(veto);
        vm.assertEq(staking.freeStake(provider), 10 ether);
    }

    /// The last second of the window is early enough, the next one too late, and anybody executes the slash then.
    function test_veto_inTheLastSecond() public {
        uint64 id = _slash(4 ether);
        Proposal memory veto = _ready(_veto(id));
        vm.warp(staking.getSlash(id).vetoEndsAt - 1);
        uint256 state = vm.snapshotState();
        _execute(veto);
        vm.assertEq(staking.freeStake(provider), 10 ether);
        vm.revertToState(state);
        _skip(1);
        vm.expectPartialRevert(IStaking.StakingVetoOver.selector);
        this.execute(veto);
        staking.executeSlash(id);
        vm.assertEq(staking.freeStake(provider), 6 ether);
    }

    /// Stake in escrow has no votes: a provider cannot veto its own slash with what was slashed.
    function test_attack_escrowedStakeDoesNotVote() public {
        vm.prank(carol);
        staking.delegate(carol);
        _skip(1);
        vm.assertEq(votingPower.getPastVotes(carol, block.timestamp - 1), 10 ether);
        uint64 id = _slash(10 ether);
        vm.prank(carol);
        staking.delegate(carol); // delegating again finds nothing
        _skip(1);
        vm.assertEq(votingPower.getPastVotes(carol, block.timestamp - 1), 0);
        vm.prank(guardian);
        staking.vetoSlash(id);
        _skip(1);
        vm.assertEq(votingPower.getPastVotes(carol, block.timestamp - 1), 10 ether);
    }

    /// Whoever does not trust a slasher that was decided leaves before it counts: his stake is out, to the last wei, in the
    /// second in which it may slash. He has known of it since it was proposed, eight days before.
    function test_attack_maliciousSlasher_stakersLeaveFirst() public {
        Proposal memory bad = Proposal(address(staking), abi.encodeCall(IStaking.addSlasher, (attacker)), "A slasher");
        _decide(bad);
        vm.prank(carol);
        uint32 thaw = staking.requestThaw(provider, 10 ether);
        vm.assertEq(staking.slasherFrom(attacker), block.timestamp + 14 days);
        _skip(14 days - 1);
        vm.assertFalse(staking.isSlasher(attacker));
        _skip(1);
        vm.prank(carol);
        staking.withdrawThawed(provider, thaw, carol);
        vm.assertEq(mill.balanceOf(carol), 20 ether);
        vm.assertTrue(staking.isSlasher(attacker));
    }

    /// Lowering the thaw in the same proposal shortens the wait and the way out alike.
    function test_attack_maliciousSlasher_withAShorterThaw_waitsAsLongAsLeavingTakes() public {
        vm.startPrank(address(timelock));
        parameters.setDisputeWindow(1);
        parameters.setMaxDisputeDuration(1);
        parameters.setThawPeriod(60);
        staking.addSlasher(attacker);
        vm.stopPrank();
        vm.prank(carol);
        staking.requestThaw(provider, 10 ether);
        _skip(59);
        vm.assertFalse(staking.isSlasher(attacker));
        _skip(1);
        vm.prank(carol);
        staking.withdrawThawed(provider, 1, carol);
        vm.assertEq(mill.balanceOf(carol), 20 ether);
    }

    /// The token holders have time to think again: a vote to remove it comes before it counts.
    function test_removeSlasher_byAVote_comesBeforeItCounts() public {
        vm.prank(address(timelock));
        staking.addSlasher(attacker);
        _decide(Proposal(address(staking), abi.encodeCall(IStaking.removeSlasher, (attacker)), "Away with it"));
        _skip(14 days);
        vm.assertFalse(staking.isSlasher(attacker));
    }

    /// Neither guardian nor token holders can slash by themselves, or keep what was slashed.
    function test_attack_nobodySlashesRoundDeals() public {
        address[3] memory callers = [address(timelock), guardian, attacker];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnauthorized.selector, callers[i], deals));
            vm.prank(callers[i]);
            staking.slash(provider, 1, callers[i], callers[i]);
        }
    }

    function execute(Proposal memory proposal) external {
        _execute(proposal);
    }

    function _slash(uint96 amount) private returns (uint64) {
        vm.startPrank(deals);
        staking.lock(provider, amount);
        uint64 id = staking.slash(provider, amount, alice, attacker);
        vm.stopPrank();
        return id;
    }

    function _veto(uint64 id) private view returns (Proposal memory) {
        return Proposal(address(staking), abi.encodeCall(IStaking.vetoSlash, (id)), "Veto it");
    }

    /// @dev Decided and due.
    function _ready(Proposal memory proposal) private returns (Proposal memory) {
        uint256 id = _propose(alice, proposal);
        _toVoting(id);
        _vote(alice, id, FOR);
        _toResult(id);
        _queue(proposal);
        return proposal;
    }
}
