// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {VotingPower} from "../../contracts/governance/VotingPower.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {GovernanceTest} from "./GovernanceTest.sol";

contract VotingPowerTest is GovernanceTest {
    function testFuzz_getVotes_addsMillAndStake(uint96 staked) public {
        staked = uint96(_bound(staked, 1, 20 ether));
        _delegate(carol);
        vm.prank(carol);
        staking.delegate(carol);
        uint256 before = vm.getBlockTimestamp();
        _skip(10);
        _stake(carol, staked);
        vm.assertEq(votingPower.getVotes(carol), 20 ether);
        vm.assertEq(mill.getVotes(carol), 20 ether - staked);
        vm.assertEq(staking.getVotes(carol), staked);
        _skip(10);
        vm.assertEq(votingPower.getPastVotes(carol, before), 20 ether);
        vm.assertEq(votingPower.getPastVotes(carol, before + 10), 20 ether);
    }

    /// MILL and stake are delegated apart.
    function test_getVotes_keepsTheTwoDelegationsApart() public {
        _stake(carol, 5 ether);
        _delegate(carol);
        vm.prank(carol);
        staking.delegate(bob);
        vm.assertEq(votingPower.getVotes(carol), 15 ether);
        vm.assertEq(votingPower.getVotes(bob), 5 ether);
        vm.assertEq(votingPower.delegates(carol), carol);
        vm.assertEq(staking.delegates(carol), bob);
    }

    /// The treasury votes with nothing: neither its own, nor what others delegate to it, nor stake.
    function test_getVotes_isZeroForTheTreasury() public {
        vm.prank(bob);
        mill.delegate(address(timelock));
        _stake(carol, 5 ether);
        vm.prank(carol);
        staking.delegate(address(timelock));
        _skip(1);
        vm.assertEq(mill.getVotes(address(timelock)), 680 ether);
        vm.assertEq(votingPower.getVotes(address(timelock)), 0);
        vm.assertEq(votingPower.getPastVotes(address(timelock), block.timestamp - 1), 0);
    }

    /// The quorum counts what could vote: not the treasury's share, and not what is delegated to it; what was slashed until
    /// it is burned.
    function test_getPastTotalSupply_leavesOutTheTreasury() public {
        uint256 start = vm.getBlockTimestamp();
        _skip(10);
        vm.prank(address(timelock));
        mill.transfer(stranger, 100 ether);
        _skip(10);
        vm.prank(bob);
        mill.delegate(address(timelock));
        _skip(10);
        _stake(carol, 20 ether);
        vm.prank(deals);
        staking.lock(provider, 20 ether);
        vm.prank(deals);
        staking.slash(provider, 8 ether, alice, bob);
        _skip(9 days);
        staking.executeSlash(1);
        _skip(10);
        vm.assertEq(votingPower.getPastTotalSupply(start), 500 ether);
        vm.assertEq(votingPower.getPastTotalSupply(start + 10), 600 ether);
        vm.assertEq(votingPower.getPastTotalSupply(start + 20), 420 ether);
        vm.assertEq(votingPower.getPastTotalSupply(start + 30 + 9 days - 1), 420 ether);
        vm.assertEq(votingPower.getPastTotalSupply(start + 30 + 9 days), 416 ether);
        vm.assertEq(governor.quorum(start), 20 ether);
    }

    function test_getPastVotes_reverts_whenTheSecondIsNotOver() public {
        uint48 present = uint48(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingFutureLookup.selector, present, present));
        staking.getPastVotes(alice, present);
        vm.expectRevert();
        votingPower.getPastVotes(alice, present);
    }

    function test_delegate_reverts() public {
        vm.expectRevert(VotingPower.VotingPowerReadOnly.selector);
        votingPower.delegate(alice);
        vm.expectRevert(VotingPower.VotingPowerReadOnly.selector);
        votingPower.delegateBySig(alice, 0, 0, 0, 0, 0);
    }

    function test_clock_isThatOfMill() public view {
        vm.assertEq(votingPower.clock(), mill.clock());
        vm.assertEq(votingPower.CLOCK_MODE(), mill.CLOCK_MODE());
        vm.assertEq(governor.clock(), mill.clock());
        vm.assertEq(governor.CLOCK_MODE(), "mode=timestamp");
    }
}
