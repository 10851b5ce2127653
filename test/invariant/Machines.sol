// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {Authorities} from "./Authorities.sol";

/// @notice What is said of machines: owners describe them, others attest. Books of its own say what must hold.
abstract contract Machines is Authorities {
    uint256 private constant ATTRIBUTES = 3;

    struct Said {
        uint64 value;
        uint64 expiresAt;
        uint32 revision;
    }

    mapping(NodeId node => mapping(bytes32 attribute => mapping(address attester => Said))) private _said;
    /// @dev How often the node was described anew; its addition was the first time.
    mapping(NodeId node => uint32) private _changes;
    mapping(NodeId node => mapping(bytes32 attribute => uint64)) private _declared;

    /// @dev Goes through exactly while no unit is in use.
    function changeNode(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        IRegistry.Node memory before = registry.getNode(node);
        before.attributes.cores = uint16(1 + ((seed >> 32) % 64));
        uint16 units = uint16(2 + ((seed >> 48) % 4));
        vm.prank(registry.ownerOf(before.provider));
        bool done = _didAt(address(registry), abi.encodeCall(registry.changeNode, (node, units, before.attributes)));
        vm.assertEq(done, before.unitsInUse == 0, "changed exactly while it is idle");
        if (done) ++_changes[node];
    }

    function setAttributes(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        bytes32[] memory attributes = new bytes32[](1);
        uint64[] memory values = new uint64[](1);
        (attributes[0], values[0]) = (_attribute(2), uint64((seed >> 32) % 3));
        IRegistry.Node memory before = registry.getNode(node);
        vm.prank(registry.ownerOf(before.provider));
        bool done = _didAt(address(registry), abi.encodeCall(registry.setAttributes, (node, attributes, values)));
        vm.assertEq(done, before.unitsInUse == 0, "described exactly while it is idle");
        if (!done) return;
        ++_changes[node];
        _declared[node][attributes[0]] = values[0];
    }

    /// @dev Of the present revision, or of one that the attester looked at too long ago.
    function attest(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        bytes32 attribute = _attribute((seed >> 32) % ATTRIBUTES);
        address attester = _finder(seed >> 40);
        uint32 revision = registry.getNode(node).revision;
        vm.assertEq(revision, _revision(node), "counted by every description");
        if (seed % 8 == 0) --revision;
        Said memory said = Said(
            uint64(1 + ((seed >> 64) % 9)),
            uint64(block.timestamp + 1 + ((seed >> 72) % 200)),
            revision
        );
        vm.prank(attester);
        bool done = _didAt(
            address(registry),
            abi.encodeCall(registry.attest, (node, attribute, said.value, said.expiresAt, revision))
        );
        vm.assertEq(done, revision == _revision(node), "attested exactly if it is of the present revision");
        if (done) _said[node][attribute][attester] = said;
    }

    function revokeAttestation(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        bytes32 attribute = _attribute((seed >> 32) % ATTRIBUTES);
        address attester = _finder(seed >> 40);
        bool known = _said[node][attribute][attester].value != 0;
        vm.prank(attester);
        bool done = _didAt(address(registry), abi.encodeCall(registry.revokeAttestation, (node, attribute)));
        vm.assertEq(done, known, "only what was said can be taken back");
        delete _said[node][attribute][attester];
    }

    /// @notice What the books say: the registry must answer the same. Called after every step.
    function checkMachines() external {
        for (uint32 id = 1; id <= registry.nodeCount(); ++id) {
            NodeId node = NodeId.wrap(id);
            vm.assertEq(registry.attributeOf(node, _attribute(2)), _declared[node][_attribute(2)], "declared");
            for (uint256 i = 0; i < ATTRIBUTES; ++i) {
                for (uint256 j = 0; j < FINDERS + DEVELOPERS; ++j) {
                    address attester = _finder(j);
                    Said memory said = _said[node][_attribute(i)][attester];
                    bool holds = block.timestamp < said.expiresAt && said.revision == _revision(node);
                    uint64 seen = registry.attestedValue(node, _attribute(i), attester);
                    vm.assertEq(seen, holds ? said.value : 0, "attested");
                }
            }
        }
    }

    function _revision(NodeId node) private view returns (uint32) {
        return 1 + _changes[node];
    }

    /// @dev The region group, the cores and one by name.
    function _attribute(uint256 index) private pure returns (bytes32) {
        return [bytes32(0), bytes32(uint256(3)), bytes32("gpu")][index];
    }
}
