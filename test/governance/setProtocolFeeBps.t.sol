// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParametersTest} from "./ParametersTest.sol";

contract SetProtocolFeeBpsTest is ParametersTest {
    string private constant SETTER = "setProtocolFeeBps(uint16)";

    function testFuzz_setProtocolFeeBps_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "protocolFeeBps", 3, _bound(value, 0, 500));
    }

    function test_setProtocolFeeBps_takesTheBounds() public {
        _assertSets(SETTER, "protocolFeeBps", 3, 0);
        _assertSets(SETTER, "protocolFeeBps", 3, 500);
    }

    function test_setProtocolFeeBps_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "protocolFeeBps", 500 + 1, 0, 500);
    }

    function test_setProtocolFeeBps_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 500);
    }
}
