// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParametersTest} from "./ParametersTest.sol";

contract SetMinFundedEpochsTest is ParametersTest {
    string private constant SETTER = "setMinFundedEpochs(uint16)";

    function testFuzz_setMinFundedEpochs_takesAnyValueWithinBounds(uint256 value) public {
        _assertSets(SETTER, "minFundedEpochs", 2, _bound(value, 1, 720));
    }

    function test_setMinFundedEpochs_takesTheBounds() public {
        _assertSets(SETTER, "minFundedEpochs", 2, 1);
        _assertSets(SETTER, "minFundedEpochs", 2, 720);
    }

    function test_setMinFundedEpochs_reverts_whenTooSmall() public {
        _assertRefuses(SETTER, "minFundedEpochs", 1 - 1, 1, 720);
    }

    function test_setMinFundedEpochs_reverts_whenTooLarge() public {
        _assertRefuses(SETTER, "minFundedEpochs", 720 + 1, 1, 720);
    }

    function test_setMinFundedEpochs_reverts_whenCallerIsNotAdmin() public {
        _assertGuarded(SETTER, 720);
    }
}
