// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract SetMaxDisputeDurationTest is ParametersTest {
    string private constant SETTER = "setMaxDisputeDuration(uint32)";

    function testFuzz_setMaxDisputeDuration_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "maxDisputeDuration", 11, _bound(value, 1, 14 days - 20));
    }

    function test_setMaxDisputeDuration_takesTheBounds() public {
        _assertSets(SETTER, "maxDisputeDuration", 11, 1);
        _assertSets(SETTER, "maxDisputeDuration", 11, 14 days - 20);
    }

    function test_setMaxDisputeDuration_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "maxDisputeDuration", 1 - 1, 1, 60 days);
    }

    function test_setMaxDisputeDuration_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "maxDisputeDuration", 60 days + 1, 1, 60 days);
    }

    /// Stake that thaws is there until the dispute is over.
    function test_setMaxDisputeDuration_reverts_whenADisputeOutlastsTheThaw() public {
        _set(admin, "setThawPeriod(uint32)", 60);
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterThawTooShort.selector, 60, 61));
        this.setAsAdmin(SETTER, 41);
    }

    function test_setMaxDisputeDuration_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 60 days);
    }
}
