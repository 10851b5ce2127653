// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract SetThawPeriodTest is ParametersTest {
    string private constant SETTER = "setThawPeriod(uint32)";

    function testFuzz_setThawPeriod_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "thawPeriod", 1, _bound(value, 60, 90 days));
    }

    function test_setThawPeriod_takesTheBounds() public {
        _assertSets(SETTER, "thawPeriod", 1, 60);
        _assertSets(SETTER, "thawPeriod", 1, 90 days);
    }

    function test_setThawPeriod_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "thawPeriod", 60 - 1, 60, 90 days);
    }

    function test_setThawPeriod_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "thawPeriod", 90 days + 1, 60, 90 days);
    }

    function test_setThawPeriod_reverts_whenADisputeOutlastsIt() public {
        _set(admin, "setDisputeWindow(uint32)", 21);
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterThawTooShort.selector, 60, 61));
        this.setAsAdmin(SETTER, 60);
    }

    function test_setThawPeriod_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 90 days);
    }
}
