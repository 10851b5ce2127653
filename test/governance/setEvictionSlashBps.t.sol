// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParametersTest} from "./ParametersTest.sol";

contract SetEvictionSlashBpsTest is ParametersTest {
    string private constant SETTER = "setEvictionSlashBps(uint16)";

    function testFuzz_setEvictionSlashBps_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "evictionSlashBps", 5, _bound(value, 0, 1_000));
    }

    function test_setEvictionSlashBps_takesTheBounds() public {
        _assertSets(SETTER, "evictionSlashBps", 5, 0);
        _assertSets(SETTER, "evictionSlashBps", 5, 1_000);
    }

    function test_setEvictionSlashBps_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "evictionSlashBps", 1_000 + 1, 0, 1_000);
    }

    function test_setEvictionSlashBps_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 1_000);
    }
}
