// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract SetAttributesTest is RegistryTest {
    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function _one(bytes32 name, uint64 value) internal pure returns (bytes32[] memory names, uint64[] memory values) {
        names = new bytes32[](1);
        values = new uint64[](1);
        (names[0], values[0]) = (name, value);
    }

    function _set(bytes32 name, uint64 value) internal {
        (bytes32[] memory names, uint64[] memory values) = _one(name, value);
        vm.prank(owner);
        registry.setAttributes(node, names, values);
    }

    /// @dev Names "a0", "a1" and so on.
    function _name(uint256 i) internal pure returns (bytes32) {
        return bytes32(bytes2(abi.encodePacked("a", uint8(48 + i))));
    }

    function _setMany(uint256 from, uint256 count, uint64 value) internal {
        bytes32[] memory names = new bytes32[](count);
        uint64[] memory values = new uint64[](count);
        for (uint256 i = 0; i < count; ++i) (names[i], values[i]) = (_name(from + i), value);
        vm.prank(owner);
        registry.setAttributes(node, names, values);
    }

    function test_setAttributes_storesAndEmits() public {
        (bytes32[] memory names, uint64[] memory values) = _one("gpuMemoryGiB", 24);
        vm.warp(GENESIS + 4 * EPOCH);
        vm.expectEmit(address(registry));
        emit IRegistry.AttributesSet(node, names, values);
        vm.prank(owner);
        registry.setAttributes(node, names, values);
        vm.assertEq(registry.attributeOf(node, "gpuMemoryGiB"), 24);
        IRegistry.Node memory stored = registry.getNode(node);
        vm.assertEq(stored.changedEpoch, 4);
        vm.assertEq(stored.revision, 2);
        vm.assertEq(abi.encode(stored.attributes), abi.encode(_attributes()));
        vm.assertEq(registry.quoteNode(node, token).changedEpoch, 4);
    }

    /// Eight in all: what is replaced or removed makes no further one.
    function test_setAttributes_takesEight() public {
        _setMany(0, 8, 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryTooManyAttributes.selector, node, 9, 8));
        _set(_name(8), 1);
        _setMany(0, 8, 2);
        _set(_name(3), 0);
        _set(_name(3), 0); // is missing already
        _set(_name(8), 7);
        vm.assertEq(registry.attributeOf(node, _name(3)), 0);
        vm.assertEq(registry.attributeOf(node, _name(8)), 7);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryTooManyAttributes.selector, node, 9, 8));
        _set(_name(3), 1);
    }

    /// One call may exchange one for another, in either order.
    function test_setAttributes_countsAtTheEnd() public {
        _setMany(0, 8, 1);
        bytes32[] memory names = new bytes32[](2);
        uint64[] memory values = new uint64[](2);
        (names[0], values[0]) = (_name(8), 5);
        (names[1], values[1]) = (_name(0), 0);
        vm.prank(owner);
        registry.setAttributes(node, names, values);
        vm.assertEq(registry.attributeOf(node, _name(8)), 5);
    }

    function test_setAttributes_keepsNodesApart() public {
        NodeId other = _addNode("other");
        _set("gpus", 2);
        vm.assertEq(registry.attributeOf(other, "gpus"), 0);
        vm.assertEq(registry.getNode(other).revision, 1);
    }

    function test_setAttributes_reverts_whenUnitsAreInUse() public {
        _takeUnits(node, 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryNodeInUse.selector, node, 1));
        _set("gpus", 2);
    }

    function test_setAttributes_reverts_whenCallerIsNotOwner() public {
        (bytes32[] memory names, uint64[] memory values) = _one("gpus", 2);
        _expectUnauthorized(stranger, owner);
        vm.prank(stranger);
        registry.setAttributes(node, names, values);
    }

    function test_setAttributes_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        _set("gpus", 2);
    }

    function test_setAttributes_reverts_whenUnknown() public {
        _expectNode(IRegistry.RegistryNodeUnknown.selector, NodeId.wrap(9));
        registry.setAttributes(NodeId.wrap(9), new bytes32[](0), new uint64[](0));
    }

    function test_setAttributes_reverts_whenLengthsDiffer() public {
        (bytes32[] memory names, ) = _one("gpus", 2);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryLengthsDiffer.selector, 1, 2));
        vm.prank(owner);
        registry.setAttributes(node, names, new uint64[](2));
    }

    /// Nobody sets a packed attribute beside the packed word, or a name that looks like a number.
    function testFuzz_setAttributes_reverts_whenNotAName(uint248 attribute) public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryAttributeInvalid.selector, uint256(attribute)));
        _set(bytes32(uint256(attribute)), 1);
    }

    function test_setAttributes_takesTheLeastName() public {
        _set(bytes32(uint256(1 << 248)), 1);
        vm.assertEq(registry.attributeOf(node, bytes32(uint256(1 << 248))), 1);
    }

    /// Whatever is set in whatever order: each name has its last value, and never more than eight have one.
    function testFuzz_setAttributes_keepsTheLastValues(uint256 choices) public {
        uint64[12] memory expected;
        uint256 count;
        for (uint256 i = 0; i < 32; ++i) {
            uint256 choice = (choices >> (8 * i)) & 255;
            uint256 which = choice % 12;
            uint64 value = uint64(choice / 12 / 6);
            uint256 after_ = count;
            if (expected[which] == 0 && value != 0) ++after_;
            if (expected[which] != 0 && value == 0) --after_;
            if (after_ > 8) {
                vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryTooManyAttributes.selector, node, 9, 8));
            } else (count, expected[which]) = (after_, value);
            _set(_name(which), value);
        }
        for (uint256 i = 0; i < 12; ++i) vm.assertEq(registry.attributeOf(node, _name(i)), expected[i]);
    }
}
