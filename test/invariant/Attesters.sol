// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {Actors} from "./Actors.sol";

/// @notice What owners declare and an attester attests of their nodes, and a check of whom a match takes by that.
abstract contract Attesters is Actors {
    struct Attested {
        uint64 grade;
        uint256 expiresAt;
    }

    mapping(NodeId node => uint64) private _declaredGrade;
    mapping(NodeId node => Attested) private _attestedGrade;

    function attest(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        uint64 grade = uint64(1 + ((seed >> 32) % 3));
        uint64 expiresAt = uint64(block.timestamp + 1 + ((seed >> 40) % (40 * EPOCH_SECONDS)));
        uint32 revision = registry.getNode(node).revision;
        vm.prank(attesterAccount);
        if (!_didAt(address(registry), abi.encodeCall(registry.attest, (node, GRADE, grade, expiresAt, revision)))) {
            return;
        }
        _attestedGrade[node] = Attested(grade, expiresAt);
    }

    function revokeAttestation(uint256 seed) external {
        NodeId node = _node(_mixed(seed));
        vm.prank(attesterAccount);
        bool done = _didAt(address(registry), abi.encodeCall(registry.revokeAttestation, (node, GRADE)));
        if (done) delete _attestedGrade[node];
    }

    /// @dev Only while the node is idle; what was attested before holds no more.
    function setAttributes(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        bytes32[] memory names = new bytes32[](1);
        uint64[] memory values = new uint64[](1);
        (names[0], values[0]) = (GRADE, uint64((seed >> 32) % 4));
        vm.prank(registry.ownerOf(registry.getNode(node).provider));
        if (!_didAt(address(registry), abi.encodeCall(registry.setAttributes, (node, names, values)))) return;
        _declaredGrade[node] = values[0];
        delete _attestedGrade[node].expiresAt;
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
