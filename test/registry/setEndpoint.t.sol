// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract SetEndpointTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function test_setEndpoint_emits() public {
        vm.expectEmit(address(registry));
        emit IRegistry.NodeEndpointSet(node, "peer2", "https://elsewhere");
        vm.prank(owner);
        registry.setEndpoint(node, "peer2", "https://elsewhere");
    }

    /// A node with workers may move.
    function test_setEndpoint_emits_whenUnitsAreInUse() public {
        _takeUnits(node, 8);
        vm.expectEmit(address(registry));
        emit IRegistry.NodeEndpointSet(node, "", "https://elsewhere");
        vm.prank(owner);
        registry.setEndpoint(node, "", "https://elsewhere");
    }

    function test_setEndpoint_reverts_whenCallerIsNotOwner() public {
        _expectUnauthorized(stranger, owner);
        vm.prank(stranger);
        registry.setEndpoint(node, "", "https://phishing");
    }

    function test_setEndpoint_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        vm.prank(owner);
        registry.setEndpoint(node, "", "");
    }

    function test_setEndpoint_reverts_whenUnknown() public {
        _expectNode(IRegistry.RegistryNodeUnknown.selector, NodeId.wrap(9));
        registry.setEndpoint(NodeId.wrap(9), "", "");
    }
}
