// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../libraries/Ids.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsMoney} from "./IDealsMoney.sol";
import {IModules} from "./IModules.sol";

/// @title Modules: which module a deal runs in which epoch
contract Modules is IModules {
    struct ModuleVersion {
        bytes32 moduleDigest;
        uint32 fromEpoch;
        bytes32 functionCommitment;
    }

    /// @inheritdoc IModules
    IDealsMoney public immutable deals;

    /// @dev Version v stands at v - 1; each begins in a later epoch than the one before.
    mapping(DealId deal => ModuleVersion[]) private _versions;

    /// @param deals_ knows deals, their owners and ends, and the time
    constructor(IDealsMoney deals_) {
        require(address(deals_) != address(0), ModulesZeroAddress());
        deals = deals_;
    }

    // ---- the owner ----

    /// @inheritdoc IModules
    function setModule(
        DealId deal,
        bytes32 moduleDigest,
        bytes32 functionCommitment
    ) external returns (uint32 version) {
        IDeals.DealView memory seen = deals.getDeal(deal);
        require(msg.sender == seen.owner, ModulesUnauthorized(deal, msg.sender, seen.owner));
        require(moduleDigest != 0, ModulesDigestZero(deal));
        // a window is at least a second
        require(functionCommitment == 0 || seen.disputeWindow != 0, ModulesDealUncommitted(deal));
        uint32 current = deals.currentEpoch();
        uint32 end = seen.deal.endEpoch;
        require(end == 0 || current < end, ModulesDealEnded(deal, end));

        uint32 fromEpoch = current + 1;
        ModuleVersion[] storage versions = _versions[deal];
        version = uint32(versions.length); // one for each epoch at most, and epochs are uint32
        require(version == 0 || versions[version - 1].fromEpoch < fromEpoch, ModulesChangedAlready(deal, fromEpoch));
        ModuleVersion storage added = versions.push();
        added.moduleDigest = moduleDigest;
        added.fromEpoch = fromEpoch;
        if (functionCommitment != 0) added.functionCommitment = functionCommitment;
        emit ModuleChanged(deal, ++version, fromEpoch, moduleDigest, functionCommitment);
    }

    // ---- views ----

    /// @inheritdoc IModules
    function versionCount(DealId deal) external view returns (uint32) {
        return uint32(_versions[deal].length); // one for each epoch at most
    }

    /// @inheritdoc IModules
    function getVersion(
        DealId deal,
        uint32 version
    ) external view returns (bytes32 moduleDigest, bytes32 functionCommitment, uint32 fromEpoch) {
        ModuleVersion[] storage versions = _versions[deal];
        uint32 count = uint32(versions.length); // one for each epoch at most
        require(version != 0 && version <= count, ModulesVersionUnknown(deal, version, count));
        ModuleVersion storage found = versions[version - 1];
        return (found.moduleDigest, found.functionCommitment, found.fromEpoch);
    }

    /// @inheritdoc IModules
    function versionAt(
        DealId deal,
        uint32 epoch
    ) external view returns (uint32 version, bytes32 moduleDigest, bytes32 functionCommitment) {
        version = _versionAt(deal, epoch);
        if (version == 0) return (0, 0, 0);
        ModuleVersion storage found = _versions[deal][version - 1];
        return (version, found.moduleDigest, found.functionCommitment);
    }

    /// @inheritdoc IModules
    function accepts(DealId deal, uint32 epoch, uint32 version) external view returns (bool) {
        return version == _versionAt(deal, epoch) || (epoch != 0 && version == _versionAt(deal, epoch - 1));
    }

    // ---- internal ----

    function _versionAt(DealId deal, uint32 epoch) private view returns (uint32) {
        ModuleVersion[] storage versions = _versions[deal];
        // Of the first `low` versions each has begun by `epoch`, of those after the first `high` none has.
        uint256 low = 0;
        uint256 high = versions.length;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            if (versions[middle - 1].fromEpoch <= epoch) low = middle;
            else high = middle - 1;
        }
        return uint32(low); // at most the number of versions, a uint32
    }
}
