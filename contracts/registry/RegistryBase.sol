// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IParameters} from "../governance/IParameters.sol";
import {EpochClock} from "../libraries/EpochClock.sol";
import {NodeId, ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title What every part of the registry needs: its state, and who may change what
abstract contract RegistryBase is IRegistry, EpochClock, EIP712 {
    /// @dev `untilEpoch` of a key that is in force.
    uint32 internal constant OPEN = type(uint32).max;

    /// @dev Two slots, three while a payout change is stored. The change is applied lazily, by {_payout}, which reads one
    /// slot as a rule: every claim asks it.
    struct ProviderRecord {
        address payout;
        uint64 payoutChangesAt;
        address owner;
        address pendingPayout;
    }

    /// @dev One slot: what a match reads of a node.
    /// `revision` counts the changes of units and attributes, `further` the attributes beyond the packed ones.
    struct NodeRecord {
        ProviderId provider;
        uint16 units;
        uint16 unitsInUse;
        bool retired;
        uint8 regionGroup;
        uint16 country;
        uint8 hardwareClass;
        uint16 cores;
        uint16 memoryGiB;
        uint32 bandwidthMbps;
        uint32 changedEpoch;
        uint32 revision;
        uint8 further;
    }

    /// @dev 256 epochs; a struct so that attend() computes a word's slot once.
    struct EpochWord {
        uint256 bits;
    }

    /// @inheritdoc IRegistry
    IParameters public immutable parameters;

    address internal immutable _binder;

    /// @inheritdoc IRegistry
    address public deals;
    /// @inheritdoc IRegistry
    uint32 public providerCount;
    /// @inheritdoc IRegistry
    uint32 public nodeCount;

    /// @inheritdoc IRegistry
    mapping(address owner => ProviderId) public providerOf;
    mapping(ProviderId provider => ProviderRecord) internal _providers;
    mapping(NodeId node => NodeRecord) internal _nodes;
    mapping(NodeId node => mapping(address token => Offer)) internal _offers;
    /// @dev One slot a key: at once the check that a key is never used twice, and the whole history.
    mapping(address operator => OperatorKey) internal _keys;
    /// @inheritdoc IRegistry
    mapping(NodeId node => mapping(uint32 word => EpochWord)) public attendedWord;
    /// @inheritdoc IRegistry
    mapping(uint32 word => EpochWord) public networkAttendedWord;

    modifier onlyDeals() {
        require(msg.sender == deals, RegistryUnauthorized(msg.sender, deals));
        _;
    }

    /// @param parameters_ thawPeriod, the delay of a payout change, and the pause of entry
    /// @param binder may call {bind}, once
    /// @param genesis_ unix seconds at which epoch 0 began
    /// @param epochDuration_ seconds
    constructor(
        IParameters parameters_,
        address binder,
        uint64 genesis_,
        uint32 epochDuration_
    ) EpochClock(genesis_, epochDuration_) EIP712("Millrace Registry", "1") {
        parameters = parameters_;
        _binder = binder;
    }

    function _requireOwner(ProviderId provider) internal view returns (ProviderRecord storage stored) {
        stored = _providers[provider];
        address owner = stored.owner;
        require(owner != address(0), RegistryProviderUnknown(provider));
        require(msg.sender == owner, RegistryUnauthorized(msg.sender, owner));
    }

    function _requireNode(NodeId node) internal view returns (NodeRecord storage stored) {
        stored = _nodes[node];
        require(ProviderId.unwrap(stored.provider) != 0, RegistryNodeUnknown(node));
    }

    function _requireNodeOwner(NodeId node) internal view returns (NodeRecord storage stored) {
        stored = _requireNode(node);
        _requireOwner(stored.provider);
        require(!stored.retired, RegistryNodeRetired(node));
    }

    function _requireIdle(NodeId node) internal view returns (NodeRecord storage stored) {
        stored = _requireNodeOwner(node);
        require(stored.unitsInUse == 0, RegistryNodeInUse(node, stored.unitsInUse));
    }

    /// @dev The owner changed the node: what was attested before holds no more.
    function _revise(NodeRecord storage stored) internal {
        unchecked {
            ++stored.revision; // one a transaction that costs money, and 2^32 of them
        }
        stored.changedEpoch = currentEpoch();
    }
}
