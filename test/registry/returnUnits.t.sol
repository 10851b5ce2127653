// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract ReturnUnitsTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
        _takeUnits(node, 5);
    }

    function _return(address caller, uint16 units) internal {
        vm.prank(caller);
        registry.returnUnits(node, units);
    }

    function test_returnUnits_raisesTheFreeUnits() public {
        _return(deals, 2);
        vm.assertEq(registry.getNode(node).unitsInUse, 3);
        vm.assertEq(registry.quoteNode(node, token).freeUnits, 5);
    }

    function test_returnUnits_reverts_whenMoreThanInUse() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryUnitsShort.selector, node, 5, 6));
        _return(deals, 6);
    }

    function test_returnUnits_reverts_whenCallerIsNotDeals() public {
        _expectUnauthorized(owner, deals);
        _return(owner, 5);
    }
}
