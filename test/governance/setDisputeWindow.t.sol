// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract SetDisputeWindowTest is ParametersTest {
    string private constant SETTER = "setDisputeWindow(uint32)";

    function testFuzz_setDisputeWindow_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "disputeWindow", 10, _bound(value, 1, 14 days - 40));
    }

    function test_setDisputeWindow_takesTheBounds() public {
        _assertSets(SETTER, "disputeWindow", 10, 1);
        _assertSets(SETTER, "disputeWindow", 10, 14 days - 40);
    }

    function test_setDisputeWindow_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "disputeWindow", 1 - 1, 1, 30 days);
    }

    function test_setDisputeWindow_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "disputeWindow", 30 days + 1, 1, 30 days);
    }

    /// Stake that thaws is there until the dispute is over.
    function test_setDisputeWindow_reverts_whenADisputeOutlastsTheThaw() public {
        _set(admin, "setThawPeriod(uint32)", 60);
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterThawTooShort.selector, 60, 61));
        this.setAsAdmin(SETTER, 21);
    }

    function test_setDisputeWindow_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 30 days);
    }
}
