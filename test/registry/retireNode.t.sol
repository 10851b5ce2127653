// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract RetireNodeTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function _retire(address caller) internal {
        vm.prank(caller);
        registry.retireNode(node);
    }

    function test_retireNode_isForGood() public {
        vm.expectEmit(address(registry));
        emit IRegistry.NodeRetired(node);
        _retire(owner);
        vm.assertTrue(registry.getNode(node).retired);
        vm.assertTrue(registry.quoteNode(node, token).retired);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        _retire(owner);
    }

    function test_retireNode_reverts_whenUnitsAreInUse() public {
        _takeUnits(node, 3);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryNodeInUse.selector, node, 3));
        _retire(owner);
    }

    function test_retireNode_works_whenUnitsWereReturned() public {
        _takeUnits(node, 3);
        vm.prank(deals);
        registry.returnUnits(node, 3);
        _retire(owner);
        vm.assertTrue(registry.getNode(node).retired);
    }

    function test_retireNode_reverts_whenCallerIsNotOwner() public {
        _expectUnauthorized(stranger, owner);
        _retire(stranger);
    }

    function test_retireNode_reverts_whenUnknown() public {
        _expectNode(IRegistry.RegistryNodeUnknown.selector, NodeId.wrap(9));
        registry.retireNode(NodeId.wrap(9));
    }
}
