// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../libraries/Ids.sol";
import {IDeals} from "./IDeals.sol";
import {IModules} from "./IModules.sol";

/// @title Modules: which module a deal runs in which epoch
contract Modules is IModules {
    struct ModuleVersion {
        bytes32 moduleDigest;
        uint32 fromEpoch;
    }

    /// @inheritdoc IModules
    IDeals public immutable deals;

    /// @dev Version v stands at v - 1; each begins in a later epoch than the one before.
    mapping(DealId deal => ModuleVersion[]) private _versions;

    /// @param deals_ knows deals, their owners and ends, and the time
    constructor(IDeals deals_) {
        require(address(deals_) != address(0), ModulesZeroAddress());
        deals = deals_;
    }

    // ---- the owner ----

    /// @inheritdoc IModules
    function setModule(DealId deal, bytes32 moduleDigest) external returns (uint32 version) {
        IDeals.DealView memory seen = deals.getDeal(deal);
        require(msg.sender == seen.owner, ModulesUnauthorized(deal, msg.sender, seen.owner));
        require(moduleDigest != 0, ModulesDigestZero(deal));
        uint32 current = deals.currentEpoch();
        uint32 end = seen.deal.endEpoch;
        require(end == 0 || current < end, ModulesDealEnded(deal, end));

        uint32 fromEpoch = current + 1;
        ModuleVersion[] storage versions = _versions[deal];
        version = uint32(versions.length); // one for each epoch at most, and epochs are uint32
        require(version == 0 || versions[version - 1].fromEpoch < fromEpoch, ModulesChangedAlready(deal, fromEpoch));
        versions.push(ModuleVersion({moduleDigest: moduleDigest, fromEpoch: fromEpoch}));
        emit ModuleChanged(deal, ++version, fromEpoch, moduleDigest);
    }

    // ---- views ----

    /// @inheritdoc IModules
    function versionCount(DealId deal) external view returns (uint32) {
        return uint32(_versions[deal].length); // one for each epoch at most
    }

    /// @inheritdoc IModules
    function getVersion(DealId deal, uint32 version) external view returns (bytes32 moduleDigest, uint32 fromEpoch) {
        ModuleVersion[] storage versions = _versions[deal];
        uint32 count = uint32(versions.length); // one for each epoch at most
        require(version != 0 && version <= count, ModulesVersionUnknown(deal, version, count));
        ModuleVersion storage found = versions[version - 1];
        return (found.moduleDigest, found.fromEpoch);
    }

    /// @inheritdoc IModules
    function versionAt(DealId deal, uint32 epoch) external view returns (uint32 version, bytes32 moduleDigest) {
        ModuleVersion[] storage versions = _versions[deal];
        // Of the first `low` versions each has begun by `epoch`, of those after the first `high` none has.
        uint256 low = 0;
        uint256 high = versions.length;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            if (versions[middle - 1].fromEpoch <= epoch) low = middle;
            else high = middle - 1;
        }
        if (low == 0) return (0, 0);
        return (uint32(low), versions[low - 1].moduleDigest); // at most the number of versions, a uint32
    }
}
