// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

/// @notice For each function of Parameters that has no fuzz test beside its others: any caller or second.
contract ParametersFuzzTest is ParametersTest {
    function testFuzz_setGuardian_byTheAdminAlone(address other, address named) public {
        vm.assume(other != admin);
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterUnauthorized.selector, other, admin));
        vm.prank(other);
        parameters.setGuardian(named);
        vm.prank(admin);
        parameters.setGuardian(named);
        vm.assertEq(parameters.guardian(), named);
        vm.assertEq(parameters.guardianTermEndsAt(), named == address(0) ? 0 : block.timestamp + 365 days);
    }

    /// Whoever may resume does so while entry is paused, and only then.
    function testFuzz_resumeEntry_whileItIsPaused(uint32 length, uint256 waited, bool byAdmin) public {
        length = uint32(_bound(length, 1, 14 days));
        waited = _bound(waited, 0, 15 days);
        vm.prank(guardian);
        parameters.pauseEntry(length);
        _skip(waited);
        if (waited >= length) vm.expectRevert(IParameters.ParameterEntryNotPaused.selector);
        vm.prank(byAdmin ? admin : guardian);
        parameters.resumeEntry();
        vm.assertLe(parameters.entryPausedUntil(), block.timestamp);
    }
}
