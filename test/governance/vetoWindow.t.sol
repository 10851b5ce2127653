// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {GovernanceTest} from "./GovernanceTest.sol";

/// @notice Whatever the token holders set, a decision that is proposed when a slash happens comes in time to veto it:
/// slashVetoWindow is at least votingDelay + votingPeriod + timelockDelay + the margin, 1 + 5 + 2 + 1 days here.
contract VetoWindowTest is GovernanceTest {
    function setUp() public override {
        super.setUp();
        _delegate(alice);
        _skip(1);
    }

    function test_requireVetoable_holdsFromTheDeployment() public {
        vm.assertEq(timelock.decisionSeconds(), 8 days);
        governor.requireVetoable();
        parameters.requireVetoable(8 days);
        _expectShort(9 days, 9 days + 1);
        parameters.requireVetoable(8 days + 1);
    }

    function test_governor_reverts_whenItIsDeployedTooSlow() public {
        GovernorSettings memory settings = _governorSettings();
        settings.votingPeriod += 1;
        _expectShort(9 days, 9 days + 1);
        this.deployGovernor(settings);
    }

    function test_setVotingDelay_reverts_whenNoVetoWouldComeInTime() public {
        bytes memory call = abi.encodeCall(governor.setVotingDelay, (VOTING_DELAY + 1));
        Proposal memory proposal = _decided(address(governor), call, "Wait longer");
        _expectShort(9 days, 9 days + 1);
        this.execute(proposal);
    }

    function test_setVotingPeriod_reverts_whenNoVetoWouldComeInTime() public {
        bytes memory call = abi.encodeCall(governor.setVotingPeriod, (VOTING_PERIOD + 1));
        Proposal memory proposal = _decided(address(governor), call, "Vote longer");
        _expectShort(9 days, 9 days + 1);
        this.execute(proposal);
    }

    function test_updateDelay_reverts_whenNoVetoWouldComeInTime() public {
        vm.startPrank(address(timelock));
        _expectShort(9 days, 9 days + 1);
        timelock.updateDelay(TIMELOCK_DELAY + 1);
        timelock.updateDelay(TIMELOCK_DELAY - 1);
        vm.stopPrank();
        vm.assertEq(timelock.getMinDelay(), TIMELOCK_DELAY - 1);
    }

    function test_updateDelay_reverts_whenCallerIsNotTheTimelock() public {
        vm.expectRevert();
        timelock.updateDelay(0);
    }

    function test_setSlashVetoWindow_reverts_whenNoVetoWouldComeInTime() public {
        vm.startPrank(address(timelock));
        _expectShort(9 days - 1, 9 days);
        parameters.setSlashVetoWindow(9 days - 1);
        parameters.setSlashVetoWindow(10 days);
        vm.stopPrank();
        bytes memory call = abi.encodeCall(governor.setVotingPeriod, (VOTING_PERIOD + 1 days));
        _execute(_decided(address(governor), call, "Vote longer"));
        vm.assertEq(timelock.decisionSeconds(), 9 days);
    }

    /// However the four are set, in whatever order: what was taken leaves time for a veto.
    function testFuzz_vetoWindow_alwaysLeavesTimeForAVote(uint256[4] calldata seeds) public {
        for (uint256 i = 0; i < seeds.length; ++i) {
            uint256 value = _bound(seeds[i] >> 2, 60, 12 days);
            bytes memory call = abi.encodeCall(IParameters.setSlashVetoWindow, (uint32(value)));
            address target = address(parameters);
            if (seeds[i] & 3 == 1) (target, call) = (address(timelock), abi.encodeCall(timelock.updateDelay, (value)));
            if (seeds[i] & 3 > 1) target = address(governor);
            if (seeds[i] & 3 == 2) call = abi.encodeCall(governor.setVotingDelay, (uint48(value)));
            if (seeds[i] & 3 == 3) call = abi.encodeCall(governor.setVotingPeriod, (uint32(value)));
            Proposal memory proposal = _decided(target, call, vm.toString(i));
            try this.execute(proposal) {} catch {}
            uint256 decision = governor.votingDelay() + governor.votingPeriod() + timelock.getMinDelay();
            vm.assertGe(parameters.windows().slashVetoWindow, decision + VETO_MARGIN);
        }
    }

    function execute(Proposal memory proposal) external {
        _execute(proposal);
    }

    function deployGovernor(GovernorSettings calldata settings) external {
        _newGovernor(settings);
    }

    /// @dev A proposal of alice that waits for nothing but its execution.
    function _decided(
        address target,
        bytes memory call,
        string memory description
    ) private returns (Proposal memory proposal) {
        proposal = Proposal(target, call, description);
        uint256 id = _propose(alice, proposal);
        _toVoting(id);
        _vote(alice, id, FOR);
        _toResult(id);
        _queue(proposal);
        _skip(timelock.getMinDelay());
    }

    function _expectShort(uint256 window, uint256 needed) private {
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterVetoWindowTooShort.selector, window, needed));
    }
}
