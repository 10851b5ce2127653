// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract SetGuardianTest is ParametersTest {
    function test_constructor_appointsTheFirstGuardianForAYear() public view {
        vm.assertEq(parameters.guardian(), guardian);
        vm.assertEq(parameters.guardianTermEndsAt(), block.timestamp + 365 days);
        vm.assertFalse(parameters.pauseUsed());
        vm.assertEq(parameters.entryPausedUntil(), 0);
    }

    function test_setGuardian_renewsTermAndPause() public {
        vm.prank(guardian);
        parameters.pauseEntry(10 days);
        uint48 pausedUntil = parameters.entryPausedUntil();
        _skip(5 days);
        vm.expectEmit(address(parameters));
        emit IParameters.GuardianSet(guardian, uint48(block.timestamp + 365 days));
        vm.prank(admin);
        parameters.setGuardian(guardian);
        vm.assertEq(parameters.guardianTermEndsAt(), block.timestamp + 365 days);
        vm.assertEq(parameters.entryPausedUntil(), pausedUntil);
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        vm.assertEq(parameters.entryPausedUntil(), block.timestamp + 14 days);
    }

    function test_setGuardian_endsThePowerOfTheOneBefore() public {
        vm.prank(admin);
        parameters.setGuardian(stranger);
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterGuardianUnauthorized.selector, guardian, stranger));
        vm.prank(guardian);
        parameters.pauseEntry(1);
        vm.prank(stranger);
        parameters.pauseEntry(1);
    }

    function test_setGuardian_leavesNone_whenZero() public {
        vm.expectEmit(address(parameters));
        emit IParameters.GuardianSet(address(0), 0);
        vm.prank(admin);
        parameters.setGuardian(address(0));
        vm.assertEq(parameters.guardian(), address(0));
        vm.assertEq(parameters.guardianTermEndsAt(), 0);
    }

    function test_setGuardian_reverts_whenCallerIsNotAdmin() public {
        address[2] memory callers = [guardian, stranger];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterUnauthorized.selector, callers[i], admin));
            vm.prank(callers[i]);
            parameters.setGuardian(callers[i]);
        }
    }
}
