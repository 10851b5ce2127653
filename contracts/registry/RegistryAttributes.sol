// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttributeIds} from "../libraries/AttributeIds.sol";
import {NodeId} from "../libraries/Ids.sol";
import {IRegistry} from "./IRegistry.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title Attributes beyond the packed ones, and what others attest
/// @notice docs/protocol.md, "Registry".
abstract contract RegistryAttributes is RegistryBase {
    uint256 private constant MAX_FURTHER = 8;

    /// @dev One slot. value is never 0.
    struct Attestation {
        uint64 value;
        uint64 expiresAt;
        uint32 revision;
    }

    mapping(NodeId node => mapping(bytes32 attribute => uint64)) private _further;
    mapping(NodeId node => mapping(bytes32 attribute => mapping(address attester => Attestation)))
        private _attestations;

    // ---- the owner ----

    /// @inheritdoc IRegistry
    function setAttributes(NodeId node, bytes32[] calldata attributes, uint64[] calldata values) external {
        NodeRecord storage stored = _requireIdle(node);
        require(attributes.length == values.length, RegistryLengthsDiffer(attributes.length, values.length));
        uint256 count = stored.further;
        for (uint256 i = 0; i < attributes.length; ++i) {
            bytes32 attribute = attributes[i];
            require(AttributeIds.isName(attribute), RegistryAttributeInvalid(attribute));
            bool before = _further[node][attribute] != 0;
            if (before && values[i] == 0) --count;
            if (!before && values[i] != 0) ++count;
            _further[node][attribute] = values[i];
        }
        require(count <= MAX_FURTHER, RegistryTooManyAttributes(node, count, MAX_FURTHER));
        stored.further = uint8(count); // at most 8
        _revise(stored);
        emit AttributesSet(node, attributes, values);
    }

    // ---- anyone ----

    /// @inheritdoc IRegistry
    function attest(NodeId node, bytes32 attribute, uint64 value, uint64 expiresAt, uint32 revision) external {
        NodeRecord storage stored = _requireNode(node);
        require(!stored.retired, RegistryNodeRetired(node));
        require(
            AttributeIds.isPacked(attribute) || AttributeIds.isName(attribute),
            RegistryAttributeInvalid(attribute)
        );
        require(value != 0, RegistryZeroValue());
        require(block.timestamp < expiresAt, RegistryAttestationExpired(expiresAt));
        require(revision == stored.revision, RegistryNodeRevised(node, revision, stored.revision));
        _attestations[node][attribute][msg.sender] = Attestation({
            value: value,
            expiresAt: expiresAt,
            revision: revision
        });
        emit Attested(node, attribute, msg.sender, value, expiresAt, revision);
    }

    /// @inheritdoc IRegistry
    function revokeAttestation(NodeId node, bytes32 attribute) external {
        Attestation storage stored = _attestations[node][attribute][msg.sender];
        require(stored.value != 0, RegistryAttestationUnknown(node, attribute, msg.sender));
        delete _attestations[node][attribute][msg.sender];
        emit AttestationRevoked(node, attribute, msg.sender);
    }

    // ---- views ----

    /// @inheritdoc IRegistry
    function attributeOf(NodeId node, bytes32 attribute) external view returns (uint64) {
        uint256 number = uint256(attribute);
        if (!AttributeIds.isPacked(attribute)) return _further[node][attribute];
        NodeRecord memory stored = _nodes[node];
        if (number == 0) return stored.regionGroup;
        if (number == 1) return stored.country;
        if (number == 2) return stored.hardwareClass;
        if (number == 3) return stored.cores;
        if (number == 4) return stored.memoryGiB;
        return stored.bandwidthMbps;
    }

    /// @inheritdoc IRegistry
    function attestedValue(NodeId node, bytes32 attribute, address attester) external view returns (uint64) {
        Attestation memory stored = _attestations[node][attribute][attester];
        bool holds = block.timestamp < stored.expiresAt && stored.revision == _nodes[node].revision;
        return holds ? stored.value : 0;
    }
}
