// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract PauseEntryTest is ParametersTest {
    function testFuzz_pauseEntry_closesTheEntryForAtMost14Days(uint32 duration) public {
        duration = uint32(_bound(duration, 1, 14 days));
        uint48 until = uint48(block.timestamp + duration);
        vm.expectEmit(address(parameters));
        emit IParameters.EntryPaused(guardian, until);
        vm.prank(guardian);
        parameters.pauseEntry(duration);
        vm.assertEq(parameters.entryPausedUntil(), until);
        vm.assertEq(parameters.values().entryPausedUntil, until);
        vm.assertTrue(parameters.pauseUsed());
    }

    function test_pauseEntry_takesTheShortestAndTheLongest() public {
        uint32[2] memory durations = [1, uint32(14 days)];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            vm.prank(guardian);
            parameters.pauseEntry(durations[i]);
            vm.assertEq(parameters.entryPausedUntil(), block.timestamp + durations[i]);
            vm.revertToState(snapshot);
        }
    }

    function test_pauseEntry_leavesEveryParameterAsItWas() public {
        IParameters.Values memory expected = _values();
        expected.entryPausedUntil = uint48(block.timestamp + 1 days);
        vm.prank(guardian);
        parameters.pauseEntry(1 days);
        vm.assertEq(abi.encode(parameters.values()), abi.encode(expected));
    }

    function test_pauseEntry_reverts_whenOutOfBounds() public {
        bytes32 name = "entryPause";
        uint32[2] memory durations = [0, uint32(14 days + 1)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, name, durations[i], 1, 14 days)
            );
            vm.prank(guardian);
            parameters.pauseEntry(durations[i]);
        }
    }

    /// Neither the admin nor anybody else: who may lose by a pause decides on the guardian, not on the moment.
    function test_pauseEntry_reverts_whenCallerIsNotTheGuardian() public {
        address[2] memory callers = [admin, stranger];
        for (uint256 i = 0; i < 2; ++i) {
            _expectNotGuardian(callers[i]);
            vm.prank(callers[i]);
            parameters.pauseEntry(1);
        }
    }

    function test_pauseEntry_reverts_whenUsed() public {
        vm.prank(guardian);
        parameters.pauseEntry(1);
        _skip(2);
        vm.expectRevert(IParameters.ParameterPauseUsed.selector);
        vm.prank(guardian);
        parameters.pauseEntry(1);
    }

    function test_pauseEntry_reverts_whenResumedBefore() public {
        vm.prank(guardian);
        parameters.pauseEntry(1 days);
        vm.prank(guardian);
        parameters.resumeEntry();
        vm.expectRevert(IParameters.ParameterPauseUsed.selector);
        vm.prank(guardian);
        parameters.pauseEntry(1 days);
    }

    function test_pauseEntry_works_upToTheEndOfTheTerm() public {
        _skip(365 days - 1);
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        vm.assertEq(parameters.entryPausedUntil(), block.timestamp + 14 days);
    }

    function test_pauseEntry_reverts_whenTheTermIsOver() public {
        uint48 endsAt = parameters.guardianTermEndsAt();
        vm.warp(endsAt);
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterGuardianTermOver.selector, endsAt));
        vm.prank(guardian);
        parameters.pauseEntry(1);
    }

    function test_pauseEntry_reverts_whenThereIsNoGuardian() public {
        parameters = _newParameters(admin, address(0), _values(), _windows(), VETO_MARGIN);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ParameterGuardianUnauthorized.selector, guardian, address(0))
        );
        vm.prank(guardian);
        parameters.pauseEntry(1);
    }

    function _expectNotGuardian(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterGuardianUnauthorized.selector, caller, guardian));
    }
}
