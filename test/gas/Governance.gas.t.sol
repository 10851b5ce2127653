// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GovernanceTest} from "../governance/GovernanceTest.sol";

/// @notice What governing costs. The figures go to snapshots/Governance.json.
contract GovernanceGasTest is GovernanceTest {
    function setUp() public override {
        super.setUp();
        _delegate(alice);
        _delegate(bob);
        _stake(carol, 10 ether);
        _skip(1);
    }

    function _snapshot(string memory key, uint256 target) internal {
        uint256 gas = vm.snapshotGasLastCall("Governance", key);
        vm.assertLe(gas, target, key);
    }

    /// A contract is at most 24,576 bytes; below our own limit there is room for what comes later.
    function test_gas_bytecode() public {
        vm.assertLt(address(governor).code.length, 20_000);
        vm.snapshotValue("Governance", "governorBytecodeBytes", address(governor).code.length);
    }

    /// Of stake, and what a stake costs once it votes.
    function test_gas_delegate() public {
        vm.prank(carol);
        staking.delegate(carol);
        _snapshot("delegateStake", 110_000);
        _skip(1);
        vm.prank(carol);
        mill.approve(address(staking), 10 ether);
        vm.prank(carol);
        staking.stake(provider, 1 ether);
        _snapshot("stakeThatVotes", 110_000);
    }

    function test_gas_proposal() public {
        Proposal memory proposal = _feeProposal(200);
        uint256 id = _propose(alice, proposal);
        _snapshot("propose", 140_000);
        _toVoting(id);
        _vote(bob, id, FOR);
        _snapshot("castVote", 110_000);
        _vote(alice, id, FOR);
        _toResult(id);
        _queue(proposal);
        _snapshot("queue", 170_000);
        _skip(TIMELOCK_DELAY);
        _execute(proposal);
        _snapshot("execute", 110_000);
    }
}
