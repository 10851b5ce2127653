// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {Timelock} from "../../contracts/governance/Timelock.sol";
import {ITimelockWhole} from "../lib/Contracts.sol";
import {Vm} from "../lib/Vm.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract TimelockTest is ParametersTest {
    uint256 internal constant DELAY = 2 days;
    ITimelockWhole internal timelock;
    address internal governor = _account("governor");

    function setUp() public override {
        super.setUp();
        timelock = _newTimelock(DELAY, address(this));
        parameters = _newParameters(address(timelock), address(0), _values(), _windows(), VETO_MARGIN);
        timelock.bind(governor);
    }

    function test_timelock_leavesTheDeployerNoRole() public view {
        bytes32[4] memory roles = _roles();
        for (uint256 i = 0; i < 4; ++i) vm.assertFalse(timelock.hasRole(roles[i], address(this)));
        vm.assertTrue(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(timelock)));
    }

    /// @notice Two roles and no more are given before the governor is bound: its own admin, and anybody may execute.
    function test_timelock_givesNobodyElseARole() public {
        vm.recordLogs();
        timelock = _newTimelock(DELAY, address(this));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32 granted = keccak256("RoleGranted(bytes32,address,address)");
        uint256 count = 0;
        for (uint256 i = 0; i < logs.length; ++i) if (logs[i].topics[0] == granted) ++count;
        vm.assertEq(count, 2);
        vm.assertTrue(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(timelock)));
        vm.assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(0)));
    }

    function test_timelock_setsAParameterAfterItsDelay_byAnyExecutor() public {
        bytes memory call = abi.encodeCall(IParameters.setProtocolFeeBps, (200));
        vm.prank(governor);
        timelock.schedule(address(parameters), 0, call, bytes32(0), bytes32(0), DELAY);
        vm.expectRevert();
        timelock.execute(address(parameters), 0, call, bytes32(0), bytes32(0));
        _skip(DELAY);
        vm.prank(stranger);
        timelock.execute(address(parameters), 0, call, bytes32(0), bytes32(0));
        vm.assertEq(parameters.values().protocolFeeBps, 200);
    }

    function test_timelock_refusesOtherProposers() public {
        bytes memory call = abi.encodeCall(IParameters.setProtocolFeeBps, (200));
        vm.expectRevert();
        timelock.schedule(address(parameters), 0, call, bytes32(0), bytes32(0), DELAY);
    }

    function test_timelock_letsNobodySetDirectly() public {
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ParameterUnauthorized.selector, governor, address(timelock))
        );
        vm.prank(governor);
        parameters.setProtocolFeeBps(200);
    }

    function test_bind_letsTheGovernorProposeAndCancel() public {
        timelock = _newTimelock(DELAY, address(this));
        vm.expectEmit(address(timelock));
        emit Timelock.TimelockBound(governor);
        timelock.bind(governor);
        vm.assertEq(timelock.governor(), governor);
        vm.assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), governor));
        vm.assertTrue(timelock.hasRole(timelock.CANCELLER_ROLE(), governor));
        vm.assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(0)));
        vm.assertFalse(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), governor));
    }

    function test_bind_reverts_whenBoundAlready() public {
        vm.expectRevert(abi.encodeWithSelector(Timelock.TimelockAlreadyBound.selector, governor));
        timelock.bind(stranger);
    }

    function test_bind_reverts_whenCallerIsNotTheBinder() public {
        timelock = _newTimelock(DELAY, governor);
        vm.expectRevert(abi.encodeWithSelector(Timelock.TimelockBinderUnauthorized.selector, address(this), governor));
        timelock.bind(address(this));
    }

    function test_bind_reverts_whenGovernorIsZero() public {
        timelock = _newTimelock(DELAY, address(this));
        vm.expectRevert(Timelock.TimelockGovernorZero.selector);
        timelock.bind(address(0));
    }

    function _roles() private view returns (bytes32[4] memory) {
        return
            [
                timelock.DEFAULT_ADMIN_ROLE(),
                timelock.PROPOSER_ROLE(),
                timelock.CANCELLER_ROLE(),
                timelock.EXECUTOR_ROLE()
            ];
    }
}
