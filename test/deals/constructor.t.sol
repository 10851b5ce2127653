// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

/// @notice Deals cannot be made without any one of what it needs.
contract DealsConstructorTest is DealsTest {
    function test_constructor_reverts_withoutRegistry() public {
        _expectRefused([address(0), address(staking), address(parameters), address(this)]);
    }

    function test_constructor_reverts_withoutStaking() public {
        _expectRefused([address(registry), address(0), address(parameters), address(this)]);
    }

    function test_constructor_reverts_withoutParameters() public {
        _expectRefused([address(registry), address(staking), address(0), address(this)]);
    }

    function test_constructor_reverts_withoutTreasury() public {
        _expectRefused([address(registry), address(staking), address(parameters), address(0)]);
    }

    function _expectRefused(address[4] memory needed) private {
        bytes memory arguments = abi.encode(needed, uint64(block.timestamp), uint32(600));
        vm.expectRevert(IDeals.DealsZeroAddress.selector);
        _deployArtifact("contracts/deals/DealsMatching.sol:DealsMatching", arguments);
    }
}
