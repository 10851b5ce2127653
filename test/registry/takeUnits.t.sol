// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract TakeUnitsTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function test_takeUnits_lowersTheFreeUnits() public {
        _takeUnits(node, 3);
        vm.assertEq(registry.getNode(node).unitsInUse, 3);
        vm.assertEq(registry.quoteNode(node, token).freeUnits, 5);
        _takeUnits(node, 5);
        vm.assertEq(registry.quoteNode(node, token).freeUnits, 0);
    }

    /// Invariant 3: units in use ≤ units.
    function testFuzz_takeUnits_reverts_whenMoreThanFree(uint16 first, uint16 second) public {
        first = uint16(_bound(first, 0, 8));
        second = uint16(_bound(second, 9 - first, type(uint16).max));
        _takeUnits(node, first);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryUnitsShort.selector, node, 8 - first, second));
        _takeUnits(node, second);
    }

    function test_takeUnits_reverts_whenCallerIsNotDeals() public {
        _expectUnauthorized(owner, deals);
        vm.prank(owner);
        registry.takeUnits(node, 1);
    }

    function test_takeUnits_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        _takeUnits(node, 1);
    }

    function test_takeUnits_reverts_whenUnknown() public {
        _expectNode(IRegistry.RegistryNodeUnknown.selector, NodeId.wrap(9));
        _takeUnits(NodeId.wrap(9), 1);
    }
}
