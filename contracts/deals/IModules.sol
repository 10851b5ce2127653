// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../libraries/Ids.sol";
import {IDealsMoney} from "./IDealsMoney.sol";

/// @title Modules: which module a deal runs in which epoch
/// @notice docs/protocol.md, "Deals", Change. A deal begins with the module in its terms, version 0; its owner may set
/// another one from the next epoch on. Versions are numbered from 1 and stay readable; a rollback is a new version with an
/// older digest. Deals does not know of it: what a deal pays, and to whom, never depends on its module.
interface IModules {
    /// @notice From `fromEpoch` on the deal runs the module of this digest, until a later version begins.
    /// @param version counts from 1 in each deal
    /// @param moduleDigest sha2-256 digest of the module's CIDv1 (raw codec)
    /// @param functionCommitment what its calls are proved against; zero for none
    event ModuleChanged(
        DealId indexed deal,
        uint32 version,
        uint32 fromEpoch,
        bytes32 moduleDigest,
        bytes32 functionCommitment
    );

    /// @notice Only the deal's owner `expected` may do this.
    error ModulesUnauthorized(DealId deal, address caller, address expected);
    /// @notice A digest of 0 names no module.
    error ModulesDigestZero(DealId deal);
    /// @notice No epoch of the deal comes after this one: its last is `endEpoch`.
    error ModulesDealEnded(DealId deal, uint32 endEpoch);
    /// @notice A version that begins with `fromEpoch`, the next epoch, was set in this one; a deal takes one in each.
    error ModulesChangedAlready(DealId deal, uint32 fromEpoch);
    /// @notice The deal's terms have no function commitment: none of its versions can have one.
    error ModulesDealUncommitted(DealId deal);
    /// @notice The deal's versions are numbered 1 to `versions`.
    error ModulesVersionUnknown(DealId deal, uint32 version, uint32 versions);
    /// @notice The address of Deals must not be 0.
    error ModulesZeroAddress();

    /// @notice The owner has the deal run another module from the next epoch on; an earlier one again for a rollback.
    /// A version has a function commitment only if the deal's terms have one: they say for how long the workers' locks are
    /// held after their end, and the providers agreed to that.
    /// @param deal a deal of the caller with an epoch to come
    /// @param moduleDigest sha2-256 digest of the module's CIDv1 (raw codec), not 0
    /// @param functionCommitment what its calls are proved against; zero for none
    /// @return version its number
    /// @dev Reverts: DealsUnknown, ModulesUnauthorized, ModulesDigestZero, ModulesDealUncommitted, ModulesDealEnded,
    /// ModulesChangedAlready. Events: ModuleChanged.
    function setModule(DealId deal, bytes32 moduleDigest, bytes32 functionCommitment) external returns (uint32 version);

    /// @notice Knows deals, their owners and ends, and the time.
    function deals() external view returns (IDealsMoney);

    /// @notice How often the deal's module was changed; its newest version.
    function versionCount(DealId deal) external view returns (uint32);

    /// @notice What a version runs and its first epoch. Version 0, the module in the terms, is not kept here.
    /// @dev Reverts: ModulesVersionUnknown.
    function getVersion(
        DealId deal,
        uint32 version
    ) external view returns (bytes32 moduleDigest, bytes32 functionCommitment, uint32 fromEpoch);

    /// @notice The version in force in an epoch; up to the next epoch it is final. 0 and a digest of 0: the module and the
    /// function commitment in the deal's terms.
    function versionAt(
        DealId deal,
        uint32 epoch
    ) external view returns (uint32 version, bytes32 moduleDigest, bytes32 functionCommitment);

    /// @notice Whether what was served in `epoch` may be of this version: the one in force then, or in the epoch before.
    /// Says nothing of whether there is such a deal, or whether it runs.
    function accepts(DealId deal, uint32 epoch, uint32 version) external view returns (bool);
}
