// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParametersTest} from "./ParametersTest.sol";

contract SetResignNoticeEpochsTest is ParametersTest {
    string private constant SETTER = "setResignNoticeEpochs(uint16)";

    function testFuzz_setResignNoticeEpochs_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "resignNoticeEpochs", 6, _bound(value, 1, 720));
    }

    function test_setResignNoticeEpochs_takesTheBounds() public {
        _assertSets(SETTER, "resignNoticeEpochs", 6, 1);
        _assertSets(SETTER, "resignNoticeEpochs", 6, 720);
    }

    function test_setResignNoticeEpochs_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "resignNoticeEpochs", 1 - 1, 1, 720);
    }

    function test_setResignNoticeEpochs_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "resignNoticeEpochs", 720 + 1, 1, 720);
    }

    function test_setResignNoticeEpochs_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 720);
    }
}
