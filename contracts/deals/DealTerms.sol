// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttributeIds} from "../libraries/AttributeIds.sol";
import {NodeId, ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IDeals} from "./IDeals.sol";

/// @title What a deal's terms may be and whom they admit
library DealTerms {
    uint256 internal constant MAX_WORKERS = 32;
    uint256 internal constant MAX_UNITS_PER_WORKER = 256;
    uint256 internal constant MAX_CONSTRAINTS = 8;
    uint256 internal constant MAX_PROVIDERS = 64;
    uint256 internal constant MAX_TOLERANCE_BPS = 10_000;

    /// @notice The commitment that stands in storage for the terms: keccak256 of their ABI encoding without its last byte,
    /// whose place is taken by a flag.
    /// @dev Builds that encoding by copying calldata: the compiler's encoder costs 7,000 gas, this a few hundred. Whatever
    /// way the caller encoded the terms, offsets come out canonical; a value with bits beyond its type gives a hash that no
    /// deal has, since creation reads every field and the compiler refuses such values.
    function hash(IDeals.Terms calldata terms) internal pure returns (bytes31 digest) {
        IDeals.Constraint[] calldata constraints = terms.constraints;
        ProviderId[] calldata providers = terms.providers;
        assembly ("memory-safe") {
            // offset of the tuple | 18 words, two of them offsets | length, constraints | length, providers
            let start := mload(0x40)
            let head := add(start, 0x20)
            let tail := add(head, 0x240)
            mstore(start, 0x20)
            calldatacopy(head, terms, 0x240)
            mstore(add(head, 0x1e0), 0x240)
            mstore(tail, constraints.length)
            let size := shl(7, constraints.length)
            calldatacopy(add(tail, 0x20), constraints.offset, size)
            tail := add(add(tail, 0x20), size)
            mstore(add(head, 0x220), sub(tail, head))
            mstore(tail, providers.length)
            size := shl(5, providers.length)
            calldatacopy(add(tail, 0x20), providers.offset, size)
            digest := and(keccak256(start, sub(add(add(tail, 0x20), size), start)), not(0xff))
        }
    }

    /// @notice Reverts with the name of the first field that is out of bounds.
    /// @param earliestEnd least end epoch, if one is given
    function validate(IDeals.Terms calldata terms, uint256 earliestEnd) internal pure {
        bytes32 field = _invalidField(terms, earliestEnd);
        if (field == 0) return;
        bytes memory name = bytes.concat(field);
        uint256 length = 0;
        while (field[length] != 0) ++length; // every name is shorter than 32 bytes
        assembly ("memory-safe") {
            mstore(name, length)
        }
        revert IDeals.DealsTermsInvalid(string(name));
    }

    /// @notice Charged per epoch if `workers` workers cost the price limit each.
    function maximumRate(IDeals.Terms calldata terms, uint256 workers) internal pure returns (uint256) {
        return uint256(terms.priceLimit) * terms.unitsPerWorker * workers;
    }

    /// @notice Held for the matchers of `workers` workers.
    function tips(IDeals.Terms calldata terms, uint256 workers) internal pure returns (uint256) {
        return uint256(terms.tipPerWorker) * workers;
    }

    /// @notice True if every constraint holds for the node. Asks `registry` for attributes by name and attested ones.
    /// @param attributes the node's packed ones, as its owner declares them
    function admitsAttributes(
        IDeals.Terms calldata terms,
        IRegistry registry,
        NodeId node,
        IRegistry.Attributes memory attributes
    ) internal view returns (bool) {
        IDeals.Constraint[] calldata constraints = terms.constraints;
        for (uint256 i = 0; i < constraints.length; ++i) {
            bytes32 attribute;
            IDeals.Operator operator;
            uint256 value;
            address attester;
            assembly ("memory-safe") {
                // as they came: whoever has the hash of a deal's terms has what was checked at its creation
                let start := add(constraints.offset, shl(7, i))
                attribute := calldataload(start)
                operator := calldataload(add(start, 0x20))
                value := calldataload(add(start, 0x40))
                attester := calldataload(add(start, 0x60))
            }
            uint256 actual;
            if (attester != address(0)) {
                actual = registry.attestedValue(node, attribute, attester);
            } else if (AttributeIds.isPacked(attribute)) {
                assembly ("memory-safe") {
                    // the number is that of the field in the struct, and each takes a word of memory
                    actual := mload(add(attributes, shl(5, attribute)))
                }
            } else {
                actual = registry.attributeOf(node, attribute);
            }
            if (!_holds(actual, operator, value)) return false;
        }
        return true;
    }

    /// @notice True if the list of providers lets this one in.
    function admitsProvider(IDeals.Terms calldata terms, ProviderId provider) internal pure returns (bool) {
        IDeals.ListMode mode = terms.listMode;
        if (mode == IDeals.ListMode.None) return true;
        ProviderId[] calldata providers = terms.providers;
        for (uint256 i = 0; i < providers.length; ++i) {
            if (providers[i] == provider) return mode == IDeals.ListMode.Allow;
        }
        return mode == IDeals.ListMode.Deny;
    }

    /// @dev A missing attribute (0) fails every operator, `NotEqual` too.
    function _holds(uint256 actual, IDeals.Operator operator, uint256 wanted) private pure returns (bool) {
        if (actual == 0) return false;
        if (operator == IDeals.Operator.Equal) return actual == wanted;
        if (operator == IDeals.Operator.NotEqual) return actual != wanted;
        if (operator == IDeals.Operator.AtLeast) return actual >= wanted;
        return actual <= wanted;
    }

    /// @dev The name of the first field that is out of bounds, or 0. As bytes32: a kilobyte of code less than strings.
    function _invalidField(IDeals.Terms calldata terms, uint256 earliestEnd) private pure returns (bytes32) {
        if (terms.paymentToken == address(0)) return "paymentToken";
        if (terms.moduleDigest == bytes32(0)) return "moduleDigest";
        if (terms.unitsPerWorker == 0 || terms.unitsPerWorker > MAX_UNITS_PER_WORKER) return "unitsPerWorker";
        if (terms.minWorkers == 0) return "minWorkers";
        if (terms.targetWorkers < terms.minWorkers) return "targetWorkers";
        if (terms.maxWorkers < terms.targetWorkers || terms.maxWorkers > MAX_WORKERS) return "maxWorkers";
        if (terms.maxWorkersPerProvider == 0) return "maxWorkersPerProvider";
        // every price fits a worker's, and the greatest rate there can ever be fits the deal's ratePerEpoch
        uint256 greatestRate = uint256(terms.priceLimit) * terms.unitsPerWorker * terms.maxWorkers;
        if (terms.priceLimit == 0 || terms.priceLimit > type(uint72).max) return "priceLimit";
        if (greatestRate > type(uint80).max) return "priceLimit";
        if (terms.minimumAsk > terms.priceLimit) return "minimumAsk";
        if (terms.priceToleranceBps > MAX_TOLERANCE_BPS) return "priceToleranceBps";
        if (terms.endEpoch != 0 && terms.endEpoch < earliestEnd) return "endEpoch";
        if (terms.constraints.length > MAX_CONSTRAINTS) return "constraints";
        for (uint256 i = 0; i < terms.constraints.length; ++i) {
            bytes32 attribute = terms.constraints[i].attribute;
            if (!AttributeIds.isPacked(attribute) && !AttributeIds.isName(attribute)) return "constraints";
        }
        bool listed = terms.listMode != IDeals.ListMode.None;
        if (terms.providers.length > MAX_PROVIDERS || listed == (terms.providers.length == 0)) return "providers";
        return 0;
    }
}
