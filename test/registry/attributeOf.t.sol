// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract AttributeOfTest is RegistryTest {
    function testFuzz_attributeOf_readsThePackedOnesInTheirOrder(IRegistry.Attributes memory attributes) public {
        NodeId node = _addNode("operator");
        vm.prank(owner);
        registry.changeNode(node, 1, attributes);
        uint64[6] memory expected = [
            uint64(attributes.regionGroup),
            attributes.country,
            attributes.hardwareClass,
            attributes.cores,
            attributes.memoryGiB,
            attributes.bandwidthMbps
        ];
        for (uint256 i = 0; i < 6; ++i) vm.assertEq(registry.attributeOf(node, bytes32(i)), expected[i]);
        vm.assertEq(registry.attributeOf(node, bytes32(uint256(6))), 0);
    }

    function test_attributeOf_isZero_whenUnknown() public view {
        vm.assertEq(registry.attributeOf(NodeId.wrap(9), bytes32(uint256(3))), 0);
        vm.assertEq(registry.attributeOf(NodeId.wrap(9), "gpus"), 0);
    }
}
