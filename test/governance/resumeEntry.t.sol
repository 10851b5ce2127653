// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract ResumeEntryTest is ParametersTest {
    function setUp() public override {
        super.setUp();
        vm.prank(guardian);
        parameters.pauseEntry(1 days);
    }

    function test_resumeEntry_opensTheEntry_byGuardianOrAdmin() public {
        address[2] memory callers = [guardian, admin];
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectEmit(address(parameters));
            emit IParameters.EntryResumed(callers[i]);
            vm.prank(callers[i]);
            parameters.resumeEntry();
            vm.assertEq(parameters.entryPausedUntil(), 0);
            vm.revertToState(state);
            state = vm.snapshotState();
        }
    }

    function test_resumeEntry_reverts_whenOpenAlready() public {
        _skip(1 days);
        vm.expectRevert(IParameters.ParameterEntryNotPaused.selector);
        vm.prank(guardian);
        parameters.resumeEntry();
    }

    function test_resumeEntry_reverts_whenCallerIsSomebodyElse() public {
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterGuardianUnauthorized.selector, stranger, guardian));
        vm.prank(stranger);
        parameters.resumeEntry();
    }
}
