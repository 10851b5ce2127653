// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParametersTest} from "./ParametersTest.sol";

contract SetMaxMissedEpochsTest is ParametersTest {
    string private constant SETTER = "setMaxMissedEpochs(uint16)";

    function testFuzz_setMaxMissedEpochs_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "maxMissedEpochs", 4, _bound(value, 1, 64));
    }

    function test_setMaxMissedEpochs_takesTheBounds() public {
        _assertSets(SETTER, "maxMissedEpochs", 4, 1);
        _assertSets(SETTER, "maxMissedEpochs", 4, 64);
    }

    function test_setMaxMissedEpochs_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "maxMissedEpochs", 1 - 1, 1, 64);
    }

    function test_setMaxMissedEpochs_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "maxMissedEpochs", 64 + 1, 1, 64);
    }

    function test_setMaxMissedEpochs_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 64);
    }
}
