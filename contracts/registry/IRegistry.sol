// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../libraries/Ids.sol";

/// @title Registry of providers, their nodes, offers and attendance
/// @notice docs/protocol.md, "Registry" and "Attendance". Node ids and provider ids start at 1.
interface IRegistry {
    /// @notice What a node is. Fixed while the node has a worker.
    /// @param regionGroup 0 unknown, 1 africa, 2 antarctica, 3 asia, 4 europe, 5 north america, 6 oceania, 7 south america
    /// @param country ISO 3166-1 alpha-2 as two ASCII bytes, 0 unknown
    /// @param hardwareClass 0 unknown, 1 single board, 2 desktop, 3 server, 4 data centre
    /// @param cores physical cores
    /// @param memoryGiB memory in GiB
    /// @param bandwidthMbps guaranteed bandwidth in Mbit/s
    struct Attributes {
        uint8 regionGroup;
        uint16 country;
        uint8 hardwareClass;
        uint16 cores;
        uint16 memoryGiB;
        uint32 bandwidthMbps;
    }

    /// @param provider owner of the node
    /// @param units compute units in total
    /// @param unitsInUse units behind workers
    /// @param retired true once retired; never comes back
    struct Node {
        ProviderId provider;
        uint16 units;
        uint16 unitsInUse;
        bool retired;
        Attributes attributes;
    }

    /// @param askPerUnitEpoch smallest units of the payment token per unit and epoch
    /// @param on false: the node takes no new worker paid in this token
    struct Offer {
        uint80 askPerUnitEpoch;
        bool on;
    }

    /// @param owner may add, change and retire nodes, stake and thaw
    /// @param payout receives what the provider earns (a due change is already applied)
    /// @param pendingPayout next payout address, zero if none is pending
    /// @param payoutChangesAt unix seconds from which pendingPayout is in force
    struct Provider {
        address owner;
        address payout;
        address pendingPayout;
        uint64 payoutChangesAt;
    }

    /// @param node the node whose operator key this is or was; zero if never used
    /// @param fromEpoch first epoch in which the key speaks for the node
    /// @param untilEpoch first epoch in which it does not any more; type(uint32).max while in force
    struct OperatorKey {
        NodeId node;
        uint32 fromEpoch;
        uint32 untilEpoch;
    }

    /// @notice What a match needs to know of a node, in one call.
    struct NodeQuote {
        ProviderId provider;
        uint16 freeUnits;
        bool retired;
        bool offerOn;
        bool attendedRecently;
        uint80 askPerUnitEpoch;
        Attributes attributes;
    }

    // ---- events: the whole state can be rebuilt from these and those of Deals ----
    event RegistryBound(address indexed deals);
    event ProviderRegistered(ProviderId indexed provider, address indexed owner, address payout, bytes32 metadataDigest);
    event PayoutChangeRequested(ProviderId indexed provider, address payout, uint64 changesAt);
    event PayoutChangeCancelled(ProviderId indexed provider, address payout);
    event NodeAdded(
        NodeId indexed node,
        ProviderId indexed provider,
        address indexed operator,
        uint16 units,
        Attributes attributes,
        string peerId,
        string endpoint
    );
    event NodeChanged(NodeId indexed node, uint16 units, Attributes attributes);
    event NodeEndpointSet(NodeId indexed node, string peerId, string endpoint);
    event NodeRetired(NodeId indexed node);
    event OperatorRotated(NodeId indexed node, address indexed previous, address indexed operator, uint32 fromEpoch);
    event OfferSet(NodeId indexed node, address indexed token, uint80 askPerUnitEpoch, bool on);
    event NodeAttended(NodeId indexed node, uint32 indexed epoch);

    // ---- errors ----
    error RegistryUnauthorized(address caller, address expected);
    error RegistryAlreadyBound(address deals);
    error RegistryProviderUnknown(ProviderId provider);
    error RegistryOwnerHasProvider(address owner, ProviderId provider);
    error RegistryNodeUnknown(NodeId node);
    error RegistryNodeRetired(NodeId node);
    error RegistryNodeInUse(NodeId node, uint16 unitsInUse);
    error RegistryZeroAddress();
    error RegistryZeroUnits();
    error RegistryOperatorUsed(address operator, NodeId node);
    error RegistryOperatorSignatureInvalid(address operator);
    error RegistryOperatorNotInForce(address operator, uint32 epoch);
    error RegistryAlreadyAttended(NodeId node, uint32 epoch);
    error RegistryNoPayoutChange(ProviderId provider);
    error RegistryUnitsShort(NodeId node, uint16 free, uint16 wanted);

    // ---- providers ----
    /// @notice Registers the caller as a provider; one provider per address.
    /// @param metadataDigest sha2-256 digest of the metadata's CIDv1 (raw), zero for none
    /// @param payout who is paid
    function registerProvider(bytes32 metadataDigest, address payout) external returns (ProviderId provider);

    /// @notice Asks for another payout address; in force after `thawPeriod`.
    function requestPayoutChange(ProviderId provider, address payout) external;

    /// @notice The present payout address (or the owner) stops a pending change.
    function cancelPayoutChange(ProviderId provider) external;

    // ---- nodes ----
    /// @notice Adds a node with its first offer. The operator signs the EIP-712 message
    /// `OperatorConsent(uint32 provider)` in the domain ("Millrace Registry", "1", chain id, this contract).
    /// @param token payment token of the first offer; zero address for no offer yet
    function addNode(
        ProviderId provider,
        address operator,
        bytes calldata operatorSignature,
        uint16 units,
        Attributes calldata attributes,
        string calldata peerId,
        string calldata endpoint,
        address token,
        uint80 askPerUnitEpoch
    ) external returns (NodeId node);

    /// @notice Changes units and attributes; only while no unit is in use.
    function changeNode(NodeId node, uint16 units, Attributes calldata attributes) external;

    /// @notice Says where the node is reached. A claim, kept in events only.
    function setEndpoint(NodeId node, string calldata peerId, string calldata endpoint) external;

    /// @notice Replaces the operator key from the next epoch on. The old key is never accepted for another node.
    function rotateOperator(NodeId node, address current, address next, bytes calldata nextSignature) external;

    /// @notice Retires the node for good; only while no unit is in use.
    function retireNode(NodeId node) external;

    /// @notice Sets the node's offer in a payment token. Running workers keep their price.
    function setOffer(NodeId node, address token, uint80 askPerUnitEpoch, bool on) external;

    // ---- attendance ----
    /// @notice The operator marks the present epoch for its node, once.
    function attend() external;

    // ---- for Deals only ----
    /// @notice Called once by the deployer to name the only contract that may take and return units.
    function bind(address deals) external;
    function takeUnits(NodeId node, uint16 units) external;
    function returnUnits(NodeId node, uint16 units) external;

    // ---- views ----
    function deals() external view returns (address);
    function providerCount() external view returns (uint32);
    function nodeCount() external view returns (uint32);
    function providerOf(address owner) external view returns (ProviderId);
    function getProvider(ProviderId provider) external view returns (Provider memory);
    /// @notice Owner of the provider (zero if unknown).
    function ownerOf(ProviderId provider) external view returns (address);
    /// @notice Payout address in force now.
    function payoutOf(ProviderId provider) external view returns (address);
    function getNode(NodeId node) external view returns (Node memory);
    function getOffer(NodeId node, address token) external view returns (Offer memory);
    function getOperatorKey(address operator) external view returns (OperatorKey memory);
    /// @notice True if `operator` spoke for `node` in `epoch` (for receipts).
    function isOperator(NodeId node, address operator, uint32 epoch) external view returns (bool);
    function quoteNode(NodeId node, address token) external view returns (NodeQuote memory);
    function attended(NodeId node, uint32 epoch) external view returns (bool);
    /// @notice 256 epochs of attendance: bit i is epoch `word * 256 + i`.
    function attendedWord(NodeId node, uint32 word) external view returns (uint256);
    /// @notice The same for the whole network: bit i is set if any node attended.
    function networkAttendedWord(uint32 word) external view returns (uint256);
}
