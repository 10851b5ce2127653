// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IDeals} from "./IDeals.sol";

/// @title What a deal's terms may be and whom they admit
library DealTerms {
    uint256 internal constant MAX_WORKERS = 32;
    uint256 internal constant MAX_UNITS_PER_WORKER = 256;
    uint256 internal constant MAX_CONSTRAINTS = 8;
    uint256 internal constant MAX_PROVIDERS = 64;

    /// @notice The commitment that stands in storage for the terms: keccak256 of their ABI encoding.
    function hash(IDeals.Terms calldata terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @notice Reverts with the name of the first field that is out of bounds.
    /// @param earliestEnd least end epoch, if one is given
    function validate(IDeals.Terms calldata terms, uint256 earliestEnd) internal pure {
        _check(terms.paymentToken != address(0), "paymentToken");
        _check(terms.moduleDigest != bytes32(0), "moduleDigest");
        _check(terms.unitsPerWorker != 0 && terms.unitsPerWorker <= MAX_UNITS_PER_WORKER, "unitsPerWorker");
        _check(terms.minWorkers != 0, "minWorkers");
        _check(terms.targetWorkers >= terms.minWorkers, "targetWorkers");
        _check(terms.maxWorkers >= terms.targetWorkers && terms.maxWorkers <= MAX_WORKERS, "maxWorkers");
        _check(terms.maxWorkersPerProvider != 0, "maxWorkersPerProvider");
        // the greatest rate there can ever be fits the deal's ratePerEpoch
        uint256 greatestRate = uint256(terms.priceLimit) * terms.unitsPerWorker * terms.maxWorkers;
        _check(terms.priceLimit != 0 && greatestRate <= type(uint80).max, "priceLimit");
        _check(terms.minimumAsk <= terms.priceLimit, "minimumAsk");
        _check(terms.endEpoch == 0 || terms.endEpoch >= earliestEnd, "endEpoch");
        _check(terms.constraints.length <= MAX_CONSTRAINTS, "constraints");
        _check(
            (terms.listMode == IDeals.ListMode.None) == (terms.providers.length == 0) &&
                terms.providers.length <= MAX_PROVIDERS,
            "providers"
        );
    }

    /// @notice Charged per epoch if all wanted workers cost the price limit.
    function maximumRate(IDeals.Terms calldata terms) internal pure returns (uint256) {
        return uint256(terms.priceLimit) * terms.unitsPerWorker * terms.targetWorkers;
    }

    /// @notice True if every constraint holds.
    function admitsAttributes(
        IDeals.Terms calldata terms,
        IRegistry.Attributes memory attributes
    ) internal pure returns (bool) {
        for (uint256 i = 0; i < terms.constraints.length; ++i) {
            if (!_holds(terms.constraints[i], attributes)) return false;
        }
        return true;
    }

    /// @notice True if the list of providers lets this one in.
    function admitsProvider(IDeals.Terms calldata terms, ProviderId provider) internal pure returns (bool) {
        if (terms.listMode == IDeals.ListMode.None) return true;
        for (uint256 i = 0; i < terms.providers.length; ++i) {
            if (terms.providers[i] == provider) return terms.listMode == IDeals.ListMode.Allow;
        }
        return terms.listMode == IDeals.ListMode.Deny;
    }

    /// @dev A missing attribute (0) fails every operator, `NotEqual` too.
    function _holds(
        IDeals.Constraint calldata constraint,
        IRegistry.Attributes memory attributes
    ) private pure returns (bool) {
        uint256 actual = _valueOf(constraint.attribute, attributes);
        uint256 wanted = constraint.value;
        if (actual == 0) return false;
        if (constraint.operator == IDeals.Operator.Equal) return actual == wanted;
        if (constraint.operator == IDeals.Operator.NotEqual) return actual != wanted;
        if (constraint.operator == IDeals.Operator.AtLeast) return actual >= wanted;
        return actual <= wanted;
    }

    function _valueOf(
        IDeals.Attribute attribute,
        IRegistry.Attributes memory attributes
    ) private pure returns (uint256) {
        if (attribute == IDeals.Attribute.RegionGroup) return attributes.regionGroup;
        if (attribute == IDeals.Attribute.Country) return attributes.country;
        if (attribute == IDeals.Attribute.HardwareClass) return attributes.hardwareClass;
        if (attribute == IDeals.Attribute.Cores) return attributes.cores;
        if (attribute == IDeals.Attribute.MemoryGiB) return attributes.memoryGiB;
        return attributes.bandwidthMbps;
    }

    function _check(bool valid, string memory field) private pure {
        require(valid, IDeals.DealsTermsInvalid(field));
    }
}
