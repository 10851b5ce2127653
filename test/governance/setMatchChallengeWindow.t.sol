// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParametersTest} from "./ParametersTest.sol";

contract SetMatchChallengeWindowTest is ParametersTest {
    string private constant SETTER = "setMatchChallengeWindow(uint8)";

    function testFuzz_setMatchChallengeWindow_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "matchChallengeWindow", 9, _bound(value, 1, 24));
    }

    function test_setMatchChallengeWindow_takesTheBounds() public {
        _assertSets(SETTER, "matchChallengeWindow", 9, 1);
        _assertSets(SETTER, "matchChallengeWindow", 9, 24);
    }

    function test_setMatchChallengeWindow_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "matchChallengeWindow", 1 - 1, 1, 24);
    }

    function test_setMatchChallengeWindow_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "matchChallengeWindow", 24 + 1, 1, 24);
    }

    function test_setMatchChallengeWindow_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 24);
    }
}
