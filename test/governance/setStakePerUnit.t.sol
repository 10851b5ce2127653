// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract SetStakePerUnitTest is ParametersTest {
    string private constant SETTER = "setStakePerUnit(uint96)";

    function testFuzz_setStakePerUnit_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "stakePerUnit", 0, _bound(value, 1_000, 10_000_000) * 1e15);
    }

    function test_setStakePerUnit_takesTheBounds() public {
        _assertSets(SETTER, "stakePerUnit", 0, 1 ether);
        _assertSets(SETTER, "stakePerUnit", 0, 10_000 ether);
    }

    function test_setStakePerUnit_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "stakePerUnit", 1 ether - 1e15, 1 ether, 10_000 ether);
    }

    function test_setStakePerUnit_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "stakePerUnit", 10_000 ether + 1e15, 1 ether, 10_000 ether);
    }

    /// A worker stores its lock in thousandths of a MILL.
    function test_setStakePerUnit_reverts_whenNotAMultiple() public {
        bytes32 name = "stakePerUnit";
        uint256 value = 1 ether + 1;
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterNotMultiple.selector, name, value, 1e15));
        this.setAsAdmin(SETTER, value);
    }

    function test_setStakePerUnit_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 10_000 ether);
    }
}
