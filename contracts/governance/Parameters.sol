// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters} from "./IParameters.sol";
import {ParametersBase} from "./ParametersBase.sol";
import {ParameterWindows} from "./ParameterWindows.sol";

/// @title Protocol parameters
contract Parameters is ParameterWindows {
    /// @dev 10,000 MILL times 256 units in thousandths of a MILL fits the 32 bits of a worker's lock.
    uint256 private constant MAX_STAKE_PER_UNIT = 10_000 ether;
    uint256 private constant MIN_STAKE_PER_UNIT = 1 ether;
    uint256 private constant STAKE_STEP = 1e15;
    uint256 private constant MIN_THAW_PERIOD = 60 seconds;
    uint256 private constant MAX_THAW_PERIOD = 90 days;
    uint256 private constant MAX_FUNDED_EPOCHS = 720;
    uint256 private constant MAX_FEE_BPS = 500;
    uint256 private constant MAX_MISSED_EPOCHS = 64;
    uint256 private constant MAX_EVICTION_SLASH_BPS = 1_000;
    uint256 private constant MAX_NOTICE_EPOCHS = 720;
    uint256 private constant MAX_ENTRY_PAUSE = 14 days;
    uint256 private constant GUARDIAN_TERM = 365 days;

    /// @inheritdoc IParameters
    address public guardian;
    /// @inheritdoc IParameters
    uint48 public guardianTermEndsAt;
    /// @inheritdoc IParameters
    bool public pauseUsed;

    /// @param admin_ the timelock
    /// @param guardian_ may pause entry for a year, zero for nobody
    /// @param initial values to begin with, within the bounds; its entryPausedUntil is ignored: entry begins open
    /// @param windows_ likewise
    /// @param vetoMargin_ seconds, see {vetoMargin}
    constructor(
        address admin_,
        address guardian_,
        Values memory initial,
        Windows memory windows_,
        uint32 vetoMargin_
    ) ParametersBase(admin_) ParameterWindows(vetoMargin_) {
        _setStakePerUnit(initial.stakePerUnit);
        _setThawPeriod(initial.thawPeriod);
        _setMinFundedEpochs(initial.minFundedEpochs);
        _setProtocolFeeBps(initial.protocolFeeBps);
        _setMaxMissedEpochs(initial.maxMissedEpochs);
        _setEvictionSlashBps(initial.evictionSlashBps);
        _setResignNoticeEpochs(initial.resignNoticeEpochs);
        _setSlashVetoWindow(windows_.slashVetoWindow);
        _setMatchChallengeWindow(windows_.matchChallengeWindow);
        _setDisputeWindow(windows_.disputeWindow);
        _setMaxDisputeDuration(windows_.maxDisputeDuration);
        _setGuardian(guardian_);
    }

    // ---- pause (guardian) ----

    /// @inheritdoc IParameters
    function pauseEntry(uint32 seconds_) external {
        require(msg.sender == guardian, ParameterGuardianUnauthorized(msg.sender, guardian));
        require(block.timestamp < guardianTermEndsAt, ParameterGuardianTermOver(guardianTermEndsAt));
        require(!pauseUsed, ParameterPauseUsed());
        require(
            1 <= seconds_ && seconds_ <= MAX_ENTRY_PAUSE,
            ParameterOutOfBounds("entryPause", seconds_, 1, MAX_ENTRY_PAUSE)
        );
        uint48 until = SafeCast.toUint48(block.timestamp + seconds_);
        pauseUsed = true;
        _values.entryPausedUntil = until;
        emit EntryPaused(msg.sender, until);
    }

    /// @inheritdoc IParameters
    function resumeEntry() external {
        require(msg.sender == guardian || msg.sender == admin, ParameterGuardianUnauthorized(msg.sender, guardian));
        require(block.timestamp < _values.entryPausedUntil, ParameterEntryNotPaused());
        _values.entryPausedUntil = 0;
        emit EntryResumed(msg.sender);
    }

    // ---- setters (timelock) ----

    /// @inheritdoc IParameters
    function setStakePerUnit(uint96 value) external onlyAdmin {
        _setStakePerUnit(value);
    }

    /// @inheritdoc IParameters
    function setThawPeriod(uint32 value) external onlyAdmin {
        _setThawPeriod(value);
    }

    /// @inheritdoc IParameters
    function setMinFundedEpochs(uint16 value) external onlyAdmin {
        _setMinFundedEpochs(value);
    }

    /// @inheritdoc IParameters
    function setProtocolFeeBps(uint16 value) external onlyAdmin {
        _setProtocolFeeBps(value);
    }

    /// @inheritdoc IParameters
    function setMaxMissedEpochs(uint16 value) external onlyAdmin {
        _setMaxMissedEpochs(value);
    }

    /// @inheritdoc IParameters
    function setEvictionSlashBps(uint16 value) external onlyAdmin {
        _setEvictionSlashBps(value);
    }

    /// @inheritdoc IParameters
    function setResignNoticeEpochs(uint16 value) external onlyAdmin {
        _setResignNoticeEpochs(value);
    }

    /// @inheritdoc IParameters
    function setGuardian(address guardian_) external onlyAdmin {
        _setGuardian(guardian_);
    }

    // ---- views ----

    /// @inheritdoc IParameters
    function values() external view returns (Values memory) {
        return _values;
    }

    /// @inheritdoc IParameters
    function entryPausedUntil() external view returns (uint48) {
        return _values.entryPausedUntil;
    }

    // ---- checks ----

    function _setStakePerUnit(uint96 value) private {
        require(value % STAKE_STEP == 0, ParameterNotMultiple("stakePerUnit", value, STAKE_STEP));
        _record("stakePerUnit", _values.stakePerUnit, value, MIN_STAKE_PER_UNIT, MAX_STAKE_PER_UNIT);
        _values.stakePerUnit = value;
    }

    function _setThawPeriod(uint32 value) private {
        _record("thawPeriod", _values.thawPeriod, value, MIN_THAW_PERIOD, MAX_THAW_PERIOD);
        _values.thawPeriod = value;
        _requireThawOutlastsDispute();
    }

    function _setMinFundedEpochs(uint16 value) private {
        _record("minFundedEpochs", _values.minFundedEpochs, value, 1, MAX_FUNDED_EPOCHS);
        _values.minFundedEpochs = value;
    }

    function _setProtocolFeeBps(uint16 value) private {
        _record("protocolFeeBps", _values.protocolFeeBps, value, 0, MAX_FEE_BPS);
        _values.protocolFeeBps = value;
    }

    function _setMaxMissedEpochs(uint16 value) private {
        _record("maxMissedEpochs", _values.maxMissedEpochs, value, 1, MAX_MISSED_EPOCHS);
        _values.maxMissedEpochs = value;
    }

    function _setEvictionSlashBps(uint16 value) private {
        _record("evictionSlashBps", _values.evictionSlashBps, value, 0, MAX_EVICTION_SLASH_BPS);
        _values.evictionSlashBps = value;
    }

    function _setResignNoticeEpochs(uint16 value) private {
        _record("resignNoticeEpochs", _values.resignNoticeEpochs, value, 1, MAX_NOTICE_EPOCHS);
        _values.resignNoticeEpochs = value;
    }

    function _setGuardian(address guardian_) private {
        guardian = guardian_;
        guardianTermEndsAt = guardian_ == address(0) ? 0 : SafeCast.toUint48(block.timestamp + GUARDIAN_TERM);
        pauseUsed = false;
        emit GuardianSet(guardian_, guardianTermEndsAt);
    }
}
