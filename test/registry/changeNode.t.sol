// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract ChangeNodeTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function _change(address caller, uint16 units) internal {
        IRegistry.Attributes memory attributes = _attributes();
        attributes.country = 0x4652; // FR
        vm.prank(caller);
        registry.changeNode(node, units, attributes);
    }

    function test_changeNode_storesAndEmits() public {
        IRegistry.Attributes memory attributes = _attributes();
        attributes.country = 0x4652;
        vm.expectEmit(address(registry));
        emit IRegistry.NodeChanged(node, 12, attributes);
        vm.warp(GENESIS + 3 * EPOCH);
        _change(owner, 12);
        IRegistry.Node memory stored = registry.getNode(node);
        vm.assertEq(stored.units, 12);
        vm.assertEq(stored.changedEpoch, 3);
        vm.assertEq(abi.encode(stored.attributes), abi.encode(attributes));
    }

    /// Invariant 3: units in use never exceed units, and a running worker's node stays what it was matched as.
    function test_changeNode_reverts_whenUnitsAreInUse() public {
        _takeUnits(node, 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryNodeInUse.selector, node, 1));
        _change(owner, 12);
    }

    function test_changeNode_reverts_whenCallerIsNotOwner() public {
        _expectUnauthorized(stranger, owner);
        _change(stranger, 12);
    }

    function test_changeNode_reverts_whenUnitsAreZero() public {
        vm.expectRevert(IRegistry.RegistryZeroUnits.selector);
        _change(owner, 0);
    }

    function test_changeNode_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        _change(owner, 12);
    }

    function test_changeNode_reverts_whenUnknown() public {
        _expectNode(IRegistry.RegistryNodeUnknown.selector, NodeId.wrap(9));
        registry.changeNode(NodeId.wrap(9), 1, _attributes());
    }
}
