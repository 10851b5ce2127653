// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract SetSlashVetoWindowTest is ParametersTest {
    string private constant SETTER = "setSlashVetoWindow(uint32)";

    function testFuzz_setSlashVetoWindow_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "slashVetoWindow", 8, _bound(value, 1 days, 30 days));
    }

    function test_setSlashVetoWindow_takesTheBounds() public {
        _assertSets(SETTER, "slashVetoWindow", 8, 1 days);
        _assertSets(SETTER, "slashVetoWindow", 8, 30 days);
    }

    function test_setSlashVetoWindow_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "slashVetoWindow", 60 - 1, 60, 30 days);
    }

    function test_setSlashVetoWindow_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "slashVetoWindow", 30 days + 1, 60, 30 days);
    }

    /// The margin is left even when the admin, an account without code, decides at once.
    function test_setSlashVetoWindow_reverts_whenTheMarginDoesNotFit() public {
        bytes4 selector = IParameters.ParameterVetoWindowTooShort.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, VETO_MARGIN - 1, VETO_MARGIN));
        this.setAsAdmin(SETTER, VETO_MARGIN - 1);
    }

    function test_setSlashVetoWindow_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 30 days);
    }
}
