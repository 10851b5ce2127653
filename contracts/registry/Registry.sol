// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters} from "../governance/IParameters.sol";
import {NodeId, ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "./IRegistry.sol";
import {RegistryAttendance} from "./RegistryAttendance.sol";
import {RegistryAttributes} from "./RegistryAttributes.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title Registry of providers, their nodes, offers and attendance
contract Registry is RegistryAttendance, RegistryAttributes {
    /// @dev EIP-712 type of what an operator signs to work for a provider.
    bytes32 private constant CONSENT_TYPEHASH = keccak256("OperatorConsent(uint32 provider)");

    /// @param parameters_ thawPeriod, the delay of a payout change, and the pause of entry
    /// @param binder may call {bind}, once
    /// @param genesis_ unix seconds at which epoch 0 began
    /// @param epochDuration_ seconds
    constructor(
        IParameters parameters_,
        address binder,
        uint64 genesis_,
        uint32 epochDuration_
    ) RegistryBase(parameters_, binder, genesis_, epochDuration_) {}

    // ---- providers ----

    /// @inheritdoc IRegistry
    function registerProvider(bytes32 metadataDigest, address payout) external returns (ProviderId provider) {
        _requireEntryOpen();
        require(payout != address(0), RegistryZeroAddress());
        ProviderId present = providerOf[msg.sender];
        require(ProviderId.unwrap(present) == 0, RegistryOwnerHasProvider(msg.sender, present));
        provider = ProviderId.wrap(++providerCount);
        providerOf[msg.sender] = provider;
        ProviderRecord storage stored = _providers[provider];
        stored.owner = msg.sender;
        stored.payout = payout;
        emit ProviderRegistered(provider, msg.sender, payout, metadataDigest);
    }

    /// @inheritdoc IRegistry
    function requestPayoutChange(ProviderId provider, address payout) external {
        ProviderRecord storage stored = _requireOwner(provider);
        require(payout != address(0), RegistryZeroAddress());
        // A change that is due stands; one that is not is replaced.
        stored.payout = _payout(stored);
        uint64 changesAt = SafeCast.toUint64(block.timestamp + parameters.values().thawPeriod);
        stored.pendingPayout = payout;
        stored.payoutChangesAt = changesAt;
        emit PayoutChangeRequested(provider, payout, changesAt);
    }

    /// @inheritdoc IRegistry
    function cancelPayoutChange(ProviderId provider) external {
        ProviderRecord storage stored = _providers[provider];
        address owner = stored.owner;
        require(owner != address(0), RegistryProviderUnknown(provider));
        address payout = _payout(stored);
        require(msg.sender == owner || msg.sender == payout, RegistryUnauthorized(msg.sender, payout));
        require(block.timestamp < stored.payoutChangesAt, RegistryNoPayoutChange(provider));
        address cancelled = stored.pendingPayout;
        stored.pendingPayout = address(0);
        stored.payoutChangesAt = 0;
        emit PayoutChangeCancelled(provider, cancelled);
    }

    // ---- nodes ----

    /// @inheritdoc IRegistry
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
    ) external returns (NodeId node) {
        _requireEntryOpen();
        _requireOwner(provider);
        require(units != 0, RegistryZeroUnits());
        node = NodeId.wrap(++nodeCount);
        _useOperator(provider, node, operator, operatorSignature, currentEpoch());
        _nodes[node].provider = provider;
        _describe(_nodes[node], units, attributes);
        emit NodeAdded(node, provider, operator, units, attributes, peerId, endpoint);
        if (token != address(0)) _setOffer(node, token, askPerUnitEpoch, true);
    }

    /// @inheritdoc IRegistry
    function changeNode(NodeId node, uint16 units, Attributes calldata attributes) external {
        NodeRecord storage stored = _requireIdle(node);
        require(units != 0, RegistryZeroUnits());
        _describe(stored, units, attributes);
        emit NodeChanged(node, units, attributes);
    }

    /// @inheritdoc IRegistry
    function setEndpoint(NodeId node, string calldata peerId, string calldata endpoint) external {
        _requireNodeOwner(node);
        emit NodeEndpointSet(node, peerId, endpoint);
    }

    /// @inheritdoc IRegistry
    function rotateOperator(NodeId node, address current, address next, bytes calldata nextSignature) external {
        ProviderId provider = _requireNodeOwner(node).provider;
        OperatorKey storage key = _keys[current];
        uint32 fromEpoch = currentEpoch() + 1;
        require(key.node == node && key.untilEpoch == OPEN, RegistryOperatorNotInForce(current, fromEpoch - 1));
        // A key whose own rotation is of this epoch ends where it begins: it never speaks for the node.
        key.untilEpoch = fromEpoch;
        _useOperator(provider, node, next, nextSignature, fromEpoch);
        emit OperatorRotated(node, current, next, fromEpoch);
    }

    /// @inheritdoc IRegistry
    function retireNode(NodeId node) external {
        _requireIdle(node).retired = true;
        emit NodeRetired(node);
    }

    /// @inheritdoc IRegistry
    function setOffer(NodeId node, address token, uint80 askPerUnitEpoch, bool on) external {
        _requireNodeOwner(node);
        require(token != address(0), RegistryZeroAddress());
        if (on) _requireEntryOpen();
        _setOffer(node, token, askPerUnitEpoch, on);
    }

    // ---- for Deals only ----

    /// @inheritdoc IRegistry
    function bind(address deals_) external {
        require(msg.sender == _binder, RegistryUnauthorized(msg.sender, _binder));
        require(deals == address(0), RegistryAlreadyBound(deals));
        require(deals_ != address(0), RegistryZeroAddress());
        deals = deals_;
        emit RegistryBound(deals_);
    }

    /// @inheritdoc IRegistry
    function takeUnits(NodeId node, uint16 units) external onlyDeals {
        NodeRecord storage stored = _nodes[node];
        require(ProviderId.unwrap(stored.provider) != 0, RegistryNodeUnknown(node));
        require(!stored.retired, RegistryNodeRetired(node));
        // units in use never exceed units
        uint16 free = stored.units - stored.unitsInUse;
        require(units <= free, RegistryUnitsShort(node, free, units));
        stored.unitsInUse += units;
    }

    /// @inheritdoc IRegistry
    function returnUnits(NodeId node, uint16 units) external onlyDeals {
        NodeRecord storage stored = _nodes[node];
        uint16 inUse = stored.unitsInUse;
        require(units <= inUse, RegistryUnitsShort(node, inUse, units));
        stored.unitsInUse = inUse - units;
    }

    // ---- views ----

    /// @inheritdoc IRegistry
    function getProvider(ProviderId provider) external view returns (Provider memory result) {
        ProviderRecord storage stored = _providers[provider];
        result.owner = stored.owner;
        result.payout = _payout(stored);
        if (block.timestamp < stored.payoutChangesAt) {
            result.pendingPayout = stored.pendingPayout;
            result.payoutChangesAt = stored.payoutChangesAt;
        }
    }

    /// @inheritdoc IRegistry
    function ownerOf(ProviderId provider) external view returns (address) {
        return _providers[provider].owner;
    }

    /// @inheritdoc IRegistry
    function payoutOf(ProviderId provider) external view returns (address) {
        return _payout(_providers[provider]);
    }

    /// @inheritdoc IRegistry
    function getNode(NodeId node) external view returns (Node memory) {
        NodeRecord memory stored = _nodes[node];
        return
            Node({
                provider: stored.provider,
                units: stored.units,
                unitsInUse: stored.unitsInUse,
                retired: stored.retired,
                changedEpoch: stored.changedEpoch,
                revision: stored.revision,
                attributes: _attributes(stored)
            });
    }

    /// @inheritdoc IRegistry
    function getOffer(NodeId node, address token) external view returns (Offer memory) {
        return _offers[node][token];
    }

    /// @inheritdoc IRegistry
    function getOperatorKey(address operator) external view returns (OperatorKey memory) {
        return _keys[operator];
    }

    /// @inheritdoc IRegistry
    function quoteNode(NodeId node, address token) external view returns (NodeQuote memory) {
        NodeRecord storage stored = _nodes[node];
        Offer storage offer = _offers[node][token];
        return
            NodeQuote({
                provider: stored.provider,
                freeUnits: stored.units - stored.unitsInUse,
                retired: stored.retired,
                offerOn: offer.on,
                attendedRecently: _attendedRecently(node),
                askPerUnitEpoch: offer.askPerUnitEpoch,
                changedEpoch: stored.changedEpoch > offer.changedEpoch ? stored.changedEpoch : offer.changedEpoch,
                attributes: Attributes({
                    regionGroup: stored.regionGroup,
                    country: stored.country,
                    hardwareClass: stored.hardwareClass,
                    cores: stored.cores,
                    memoryGiB: stored.memoryGiB,
                    bandwidthMbps: stored.bandwidthMbps
                })
            });
    }

    // ---- internals ----

    function _useOperator(
        ProviderId provider,
        NodeId node,
        address operator,
        bytes calldata signature,
        uint32 fromEpoch
    ) private {
        OperatorKey storage key = _keys[operator];
        require(NodeId.unwrap(key.node) == 0, RegistryOperatorUsed(operator, key.node));
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CONSENT_TYPEHASH, provider)));
        // A failed recovery gives the zero address.
        (address signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        require(signer != address(0) && signer == operator, RegistryOperatorSignatureInvalid(operator));
        _keys[operator] = OperatorKey({node: node, fromEpoch: fromEpoch, untilEpoch: OPEN});
    }

    function _describe(NodeRecord storage stored, uint16 units, Attributes calldata attributes) private {
        stored.units = units;
        stored.regionGroup = attributes.regionGroup;
        stored.country = attributes.country;
        stored.hardwareClass = attributes.hardwareClass;
        stored.cores = attributes.cores;
        stored.memoryGiB = attributes.memoryGiB;
        stored.bandwidthMbps = attributes.bandwidthMbps;
        _revise(stored);
    }

    function _setOffer(NodeId node, address token, uint80 askPerUnitEpoch, bool on) private {
        _offers[node][token] = Offer({askPerUnitEpoch: askPerUnitEpoch, on: on, changedEpoch: currentEpoch()});
        emit OfferSet(node, token, askPerUnitEpoch, on);
    }

    function _requireEntryOpen() private view {
        uint48 until = parameters.entryPausedUntil();
        require(block.timestamp >= until, RegistryEntryPaused(until));
    }

    function _payout(ProviderRecord storage stored) private view returns (address) {
        uint64 changesAt = stored.payoutChangesAt;
        return changesAt != 0 && changesAt <= block.timestamp ? stored.pendingPayout : stored.payout;
    }

    function _attributes(NodeRecord memory stored) private pure returns (Attributes memory) {
        return
            Attributes({
                regionGroup: stored.regionGroup,
                country: stored.country,
                hardwareClass: stored.hardwareClass,
                cores: stored.cores,
                memoryGiB: stored.memoryGiB,
                bandwidthMbps: stored.bandwidthMbps
            });
    }
}
