// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {IEpochClock} from "../libraries/IEpochClock.sol";
import {NodeId, ProviderId} from "../libraries/Ids.sol";

/// @title Registry of providers, their nodes, offers and attendance
/// @notice docs/protocol.md, "Registry" and "Attendance". Node ids and provider ids are dense and start at 1.
/// Asks are smallest units of the payment token per unit and epoch.
interface IRegistry is IEpochClock {
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
    /// @param changedEpoch epoch in which it was added, or its owner last changed its units or attributes
    /// @param revision 1 when it is added, one more with each change of its units or attributes
    struct Node {
        ProviderId provider;
        uint16 units;
        uint16 unitsInUse;
        bool retired;
        uint32 changedEpoch;
        uint32 revision;
        Attributes attributes;
    }

    /// @param askPerUnitEpoch smallest units of the payment token per unit and epoch
    /// @param on false: the node takes no new worker paid in this token
    /// @param changedEpoch epoch in which it was last set
    struct Offer {
        uint80 askPerUnitEpoch;
        bool on;
        uint32 changedEpoch;
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

    /// @notice An operator's word that its node is there: the EIP-712 message `Attend(uint32 node,uint32 epoch)` in the
    /// domain of {addNode}, signed by the key in force; the signature as in ERC-2098. Of fixed size, so that no item can make
    /// the others fail.
    /// @param r of the signature
    /// @param vs of the signature: s with the parity of v in its highest bit
    struct Attendance {
        NodeId node;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice Why an item of {attendAll} was passed over.
    enum AttendanceRefusal {
        None,
        OperatorNotInForce,
        NodeRetired,
        AlreadyAttended
    }

    /// @notice What a match needs to know of a node, in one call. All zero and false for an unknown node.
    /// @param provider owner of the node
    /// @param freeUnits units not behind a worker
    /// @param retired true once retired
    /// @param offerOn true if the node takes new workers paid in the token asked about
    /// @param attendedRecently true if it attended in this or the previous epoch
    /// @param askPerUnitEpoch smallest units of that token per unit and epoch
    /// @param changedEpoch epoch in which the owner last changed the node's units or attributes, or this offer
    /// @param attributes what the node is
    struct NodeQuote {
        ProviderId provider;
        uint16 freeUnits;
        bool retired;
        bool offerOn;
        bool attendedRecently;
        uint80 askPerUnitEpoch;
        uint32 changedEpoch;
        Attributes attributes;
    }

    // ---- events: the whole state can be rebuilt from these and those of Deals ----

    /// @notice `deals` alone may take and return units, from now on for good.
    event RegistryBound(address indexed deals);
    /// @param metadataDigest sha2-256 digest of the metadata's CIDv1 (raw), zero for none
    event ProviderRegistered(
        ProviderId indexed provider,
        address indexed owner,
        address payout,
        bytes32 metadataDigest
    );
    /// @notice `payout` is the payout address from `changesAt` (unix seconds) on, without another event, unless the change
    /// is cancelled or replaced before.
    event PayoutChangeRequested(ProviderId indexed provider, address payout, uint64 changesAt);
    /// @param payout the address that will not be the payout address after all
    event PayoutChangeCancelled(ProviderId indexed provider, address payout);
    /// @notice A node joined; its operator key is in force at once.
    /// @param peerId where it is reached, as its owner claims
    /// @param endpoint where it is reached, as its owner claims
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
    /// @param fromEpoch first epoch in which `operator` speaks for the node and `previous` no longer does
    event OperatorRotated(NodeId indexed node, address indexed previous, address indexed operator, uint32 fromEpoch);
    event OfferSet(NodeId indexed node, address indexed token, uint80 askPerUnitEpoch, bool on);
    event NodeAttended(NodeId indexed node, uint32 indexed epoch);
    /// @notice {attendAll} passed over an item.
    /// @param node as the item says; there may be no such node
    event AttendanceSkipped(NodeId indexed node, AttendanceRefusal refusal);
    /// @notice The owner set attributes beyond the packed ones; what was attested of the node before holds no more.
    /// @param values one for each of `attributes`, 0 for one that is removed
    event AttributesSet(NodeId indexed node, bytes32[] attributes, uint64[] values);
    /// @notice `attester` says that the attribute of the node is `value`.
    /// @param expiresAt unix seconds from which it holds no more
    /// @param revision the node's, of which it holds
    event Attested(
        NodeId indexed node,
        bytes32 indexed attribute,
        address indexed attester,
        uint64 value,
        uint64 expiresAt,
        uint32 revision
    );
    event AttestationRevoked(NodeId indexed node, bytes32 indexed attribute, address indexed attester);

    // ---- errors ----

    /// @param expected the owner, the present payout address, the binder or Deals, as the function says
    error RegistryUnauthorized(address caller, address expected);
    error RegistryAlreadyBound(address deals);
    /// @notice The guardian has closed the entry until then (unix seconds). docs/protocol.md, "Governance".
    error RegistryEntryPaused(uint48 until);
    error RegistryProviderUnknown(ProviderId provider);
    error RegistryOwnerHasProvider(address owner, ProviderId provider);
    error RegistryNodeUnknown(NodeId node);
    error RegistryNodeRetired(NodeId node);
    error RegistryNodeInUse(NodeId node, uint16 unitsInUse);
    error RegistryZeroAddress();
    error RegistryZeroUnits();
    /// @notice A key that ever was an operator key is never one again.
    /// @param node the node whose key it is or was
    error RegistryOperatorUsed(address operator, NodeId node);
    error RegistryOperatorSignatureInvalid(address operator);
    /// @notice The key speaks for no node (or not for the named one) in that epoch.
    error RegistryOperatorNotInForce(address operator, uint32 epoch);
    error RegistryAlreadyAttended(NodeId node, uint32 epoch);
    /// @notice Attendance is taken in its epoch alone.
    error RegistryEpochNotPresent(uint32 epoch, uint32 present);
    /// @notice Each attribute needs its value.
    error RegistryLengthsDiffer(uint256 attributes, uint256 values);
    /// @notice Neither the number of a packed attribute (0 to 5, where that is allowed) nor a name that begins with a byte
    /// other than 0.
    error RegistryAttributeInvalid(bytes32 attribute);
    error RegistryTooManyAttributes(NodeId node, uint256 count, uint256 maximum);
    /// @notice An attribute of 0 is a missing one.
    error RegistryZeroValue();
    error RegistryAttestationExpired(uint64 expiresAt);
    error RegistryAttestationUnknown(NodeId node, bytes32 attribute, address attester);
    /// @notice The node's owner changed it since: look again before attesting.
    error RegistryNodeRevised(NodeId node, uint32 expected, uint32 actual);
    error RegistryNoPayoutChange(ProviderId provider);
    /// @param available units that could be taken, or returned
    error RegistryUnitsShort(NodeId node, uint16 available, uint16 wanted);

    // ---- providers ----

    /// @notice Registers the caller as a provider; one provider per address, for good.
    /// Emits {ProviderRegistered}. Reverts: {RegistryZeroAddress}, {RegistryOwnerHasProvider},
    /// {RegistryEntryPaused}.
    /// @param metadataDigest sha2-256 digest of the metadata's CIDv1 (raw), zero for none
    /// @param payout who is paid
    function registerProvider(bytes32 metadataDigest, address payout) external returns (ProviderId provider);

    /// @notice The owner asks for another payout address; in force after the `thawPeriod` of now. A change under way is
    /// replaced and its time starts again; one that is due already stands until then.
    /// Emits {PayoutChangeRequested}. Reverts: {RegistryProviderUnknown}, {RegistryUnauthorized}, {RegistryZeroAddress}.
    function requestPayoutChange(ProviderId provider, address payout) external;

    /// @notice The present payout address or the owner stops a change that is not due yet. So whoever steals the owner's
    /// key cannot take the earnings from a payout address that watches.
    /// Emits {PayoutChangeCancelled}. Reverts: {RegistryProviderUnknown}, {RegistryUnauthorized},
    /// {RegistryNoPayoutChange} (none, or due already).
    function cancelPayoutChange(ProviderId provider) external;

    // ---- nodes (the provider's owner) ----

    /// @notice Adds a node with its first offer. The operator signs the EIP-712 message
    /// `OperatorConsent(uint32 provider)` in the domain ("Millrace Registry", "1", chain id, this contract): a plain key,
    /// 65-byte signature. It may attend from the present epoch on.
    /// Emits {NodeAdded} and, with a token, {OfferSet}. Reverts: {RegistryProviderUnknown}, {RegistryUnauthorized},
    /// {RegistryZeroUnits}, {RegistryOperatorUsed}, {RegistryOperatorSignatureInvalid}, {RegistryEntryPaused}.
    /// @param provider the caller's
    /// @param operator hot key that speaks for the node, never used before
    /// @param operatorSignature its consent
    /// @param units compute units the node offers in total
    /// @param attributes what the node is
    /// @param peerId claim, in the event only
    /// @param endpoint claim, in the event only
    /// @param token payment token of the first offer; zero address for no offer yet
    /// @param askPerUnitEpoch smallest units of `token` per unit and epoch
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

    /// @notice Changes units and attributes; only while no unit is in use. Emits {NodeChanged}.
    /// Reverts: {RegistryNodeUnknown}, {RegistryUnauthorized}, {RegistryNodeRetired}, {RegistryNodeInUse},
    /// {RegistryZeroUnits}.
    function changeNode(NodeId node, uint16 units, Attributes calldata attributes) external;

    /// @notice Says where the node is reached. A claim, kept in events only. Emits {NodeEndpointSet}.
    /// Reverts: {RegistryNodeUnknown}, {RegistryUnauthorized}, {RegistryNodeRetired}.
    function setEndpoint(NodeId node, string calldata peerId, string calldata endpoint) external;

    /// @notice Replaces the operator key from the next epoch on; until then the old one speaks for the node. The old key is
    /// never accepted again. A key that is to begin next epoch may itself be replaced before: it then never was in force,
    /// and is used up all the same.
    /// Emits {OperatorRotated}. Reverts: {RegistryNodeUnknown}, {RegistryUnauthorized}, {RegistryNodeRetired},
    /// {RegistryOperatorNotInForce} (`current` is not the node's newest key), {RegistryOperatorUsed},
    /// {RegistryOperatorSignatureInvalid}.
    /// @param current the node's newest key
    /// @param nextSignature consent of `next`, as in {addNode}
    function rotateOperator(NodeId node, address current, address next, bytes calldata nextSignature) external;

    /// @notice Retires the node for good; only while no unit is in use. Emits {NodeRetired}.
    /// Reverts: {RegistryNodeUnknown}, {RegistryUnauthorized}, {RegistryNodeRetired}, {RegistryNodeInUse}.
    function retireNode(NodeId node) external;

    /// @notice Sets the node's offer in a payment token. Running workers keep their price. Emits {OfferSet}.
    /// Reverts: {RegistryNodeUnknown}, {RegistryUnauthorized}, {RegistryNodeRetired}, {RegistryZeroAddress},
    /// {RegistryEntryPaused} (if `on`; switching off is never paused).
    function setOffer(NodeId node, address token, uint80 askPerUnitEpoch, bool on) external;

    // ---- attributes beyond the packed ones, attestations ----

    /// @notice The owner sets attributes beyond the packed ones, at most 8 in all; only while no unit is in use.
    /// Emits {AttributesSet}. Reverts: {RegistryNodeUnknown}, {RegistryUnauthorized}, {RegistryNodeRetired},
    /// {RegistryNodeInUse}, {RegistryLengthsDiffer}, {RegistryAttributeInvalid}, {RegistryTooManyAttributes}.
    /// @param attributes short ASCII names, left-aligned
    /// @param values one for each; 0 removes the attribute
    function setAttributes(NodeId node, bytes32[] calldata attributes, uint64[] calldata values) external;

    /// @notice The caller says, as attester, what an attribute of a node is; it replaces what the caller said before. It
    /// counts only for deals that name the attester, and no more once the node's owner changes the node.
    /// Emits {Attested}. Reverts: {RegistryNodeUnknown}, {RegistryNodeRetired}, {RegistryAttributeInvalid},
    /// {RegistryZeroValue}, {RegistryAttestationExpired} (not later than now), {RegistryNodeRevised}.
    /// @param attribute 0 to 5 for the packed ones in their order, or a name; the node's owner needn't have set it
    /// @param value not 0
    /// @param expiresAt unix seconds from which it holds no more
    /// @param revision the node's revision that the attester looked at, so that nobody changes the node just before
    function attest(NodeId node, bytes32 attribute, uint64 value, uint64 expiresAt, uint32 revision) external;

    /// @notice The caller takes back what it attested. Running workers stay.
    /// Emits {AttestationRevoked}. Reverts: {RegistryAttestationUnknown}.
    function revokeAttestation(NodeId node, bytes32 attribute) external;

    // ---- attendance ----

    /// @notice The operator marks the present epoch for its node, once. Emits {NodeAttended}.
    /// Reverts: {RegistryOperatorNotInForce}, {RegistryNodeRetired}, {RegistryAlreadyAttended}.
    function attend() external;

    /// @notice Anyone marks the present epoch for many nodes whose operators signed. An item that fails is passed over with
    /// an event and stops nothing. With too little gas for one more item it ends early: send the rest again.
    /// Emits {NodeAttended} or {AttendanceSkipped} for each item. Reverts: {RegistryEpochNotPresent}.
    /// @param epoch the present one, which the operators signed
    /// @return looked how many of the first items were looked at
    function attendAll(uint32 epoch, Attendance[] calldata items) external returns (uint256 looked);

    // ---- for Deals only: everyone else gets RegistryUnauthorized ----

    /// @notice Names the only contract that may take and return units; by the binder of the deployment, once.
    /// Emits {RegistryBound}. Reverts: {RegistryUnauthorized}, {RegistryAlreadyBound}, {RegistryZeroAddress}.
    function bind(address deals) external;

    /// @notice Puts free units of a node behind a worker.
    /// Reverts: {RegistryNodeUnknown}, {RegistryNodeRetired}, {RegistryUnitsShort}.
    function takeUnits(NodeId node, uint16 units) external;

    /// @notice Frees units of a node. Reverts: {RegistryUnitsShort} (more than are in use).
    function returnUnits(NodeId node, uint16 units) external;

    // ---- views ----

    /// @notice Where thawPeriod, the delay of a payout change, and the pause of entry are read.
    function parameters() external view returns (IParameters);

    /// @notice The bound Deals contract, zero before {bind}.
    function deals() external view returns (address);

    /// @notice Number of providers, and the newest id.
    function providerCount() external view returns (uint32);

    /// @notice Number of nodes ever added, and the newest id.
    function nodeCount() external view returns (uint32);

    /// @notice The provider that `owner` registered, zero if none.
    function providerOf(address owner) external view returns (ProviderId);

    /// @notice A provider as of now; zeros if unknown.
    function getProvider(ProviderId provider) external view returns (Provider memory);

    /// @notice Owner of the provider (zero if unknown).
    function ownerOf(ProviderId provider) external view returns (address);

    /// @notice Payout address in force now (zero if unknown).
    function payoutOf(ProviderId provider) external view returns (address);

    /// @notice A node; zeros if unknown.
    function getNode(NodeId node) external view returns (Node memory);

    /// @notice The node's offer in `token`; zeros if it never had one.
    function getOffer(NodeId node, address token) external view returns (Offer memory);

    /// @notice When and for which node `operator` speaks or spoke; zeros if never.
    function getOperatorKey(address operator) external view returns (OperatorKey memory);

    /// @notice True if `operator` is the key that spoke for `node` in `epoch`: in each epoch there is one. For receipts, whose
    /// signature names the key; of an epoch to come it may still change.
    function isOperator(NodeId node, address operator, uint32 epoch) external view returns (bool);

    /// @notice What the owner declares: attribute 0 to 5 are the packed ones in their order, others go by name; 0 if missing.
    function attributeOf(NodeId node, bytes32 attribute) external view returns (uint64);

    /// @notice What `attester` attests of the node's attribute; 0 if nothing, if that has expired or was revoked, or if the
    /// node was changed since.
    function attestedValue(NodeId node, bytes32 attribute, address attester) external view returns (uint64);

    /// @notice All that a match needs of `node` for a deal paid in `token`: three or four storage slots.
    function quoteNode(NodeId node, address token) external view returns (NodeQuote memory);

    /// @notice True if the node attended in `epoch`.
    function attended(NodeId node, uint32 epoch) external view returns (bool);

    /// @notice 256 epochs of attendance: bit i is epoch `word * 256 + i`.
    function attendedWord(NodeId node, uint32 word) external view returns (uint256);

    /// @notice The same for the whole network: bit i is set if any node attended.
    function networkAttendedWord(uint32 word) external view returns (uint256);
}
