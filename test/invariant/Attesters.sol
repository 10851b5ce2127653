// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {Actors} from "./Actors.sol";

/// @notice What owners declare and an attester attests of their nodes, and a check of whom a match takes by that.
abstract contract Attesters is Actors {
    struct Attested {
        uint64 grade;
        uint256 expiresAt;
    }

    mapping(NodeId node => uint64) private _declaredGrade;
    mapping(NodeId node => Attested) private _attestedGrade;
    /// @dev How often the node was described anew; its addition was the first time.
    mapping(NodeId node => uint32) private _changes;

    function attest(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        uint64 grade = uint64(1 + ((seed >> 32) % 3));
        uint64 expiresAt = uint64(block.timestamp + 1 + ((seed >> 40) % (40 * EPOCH_SECONDS)));
        uint32 revision = registry.getNode(node).revision;
        vm.assertEq(revision, 1 + _changes[node], "counted by every description");
        bool stale = seed % 8 == 0; // looked at too long ago
        if (stale) --revision;
        vm.prank(attesterAccount);
        bool done = _didAt(
            address(registry),
            abi.encodeCall(registry.attest, (node, GRADE, grade, expiresAt, revision))
        );
        vm.assertEq(done, !stale, "attested exactly if it is of the present revision");
        if (done) _attestedGrade[node] = Attested(grade, expiresAt);
    }

    function revokeAttestation(uint256 seed) external {
        NodeId node = _node(_mixed(seed));
        vm.prank(attesterAccount);
        bool done = _didAt(address(registry), abi.encodeCall(registry.revokeAttestation, (node, GRADE)));
        vm.assertEq(done, _attestedGrade[node].grade != 0, "only what was attested can be taken back");
        delete _attestedGrade[node];
    }

    /// @dev Only while the node is idle; what was attested before holds no more.
    function setAttributes(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        bytes32[] memory names = new bytes32[](1);
        uint64[] memory values = new uint64[](1);
        (names[0], values[0]) = (GRADE, uint64((seed >> 32) % 4));
        if (!_describe(node, abi.encodeCall(registry.setAttributes, (node, names, values)))) return;
        _declaredGrade[node] = values[0];
    }

    /// @dev Other cores and units, by the same rules.
    function changeNode(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        IRegistry.Attributes memory attributes = registry.getNode(node).attributes;
        attributes.cores = uint16(1 + ((seed >> 32) % 64));
        _describe(node, abi.encodeCall(registry.changeNode, (node, uint16(2 + ((seed >> 48) % 4)), attributes)));
    }

    function _describe(NodeId node, bytes memory data) private returns (bool done) {
        bool idle = registry.getNode(node).unitsInUse == 0;
        vm.prank(registry.ownerOf(registry.getNode(node).provider));
        done = _didAt(address(registry), data);
        vm.assertEq(done, idle, "described exactly while it is idle");
        if (!done) return false;
        ++_changes[node];
        delete _attestedGrade[node].expiresAt;
    }

    /// @notice The registry says of every node what these books say. Called after every step.
    function checkAttested() external view {
        for (uint32 id = 1; id <= registry.nodeCount(); ++id) {
            NodeId node = NodeId.wrap(id);
            Attested memory attested = _attestedGrade[node];
            uint64 holds = block.timestamp < attested.expiresAt ? attested.grade : 0;
            vm.assertEq(registry.attestedValue(node, GRADE, attesterAccount), holds, "attested");
            vm.assertEq(registry.attributeOf(node, GRADE), _declaredGrade[node], "declared");
        }
    }

    /// @dev Of a node that was just taken: the terms' only constraint holds.
    function _checkAdmitted(IDeals.Terms memory terms, NodeId node) internal view {
        IDeals.Constraint memory constraint = terms.constraints[0];
        if (constraint.attribute != GRADE) return;
        Attested memory attested = _attestedGrade[node];
        uint64 actual = _declaredGrade[node];
        if (constraint.attester != address(0)) actual = block.timestamp < attested.expiresAt ? attested.grade : 0;
        vm.assertTrue(actual != 0, "a missing attribute fails every operator");
        if (constraint.operator == IDeals.Operator.Equal) vm.assertEq(actual, constraint.value);
        if (constraint.operator == IDeals.Operator.NotEqual) vm.assertNotEq(actual, constraint.value);
        if (constraint.operator == IDeals.Operator.AtLeast) vm.assertGe(actual, constraint.value);
        if (constraint.operator == IDeals.Operator.AtMost) vm.assertLe(actual, constraint.value);
    }
}
