// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "./IParameters.sol";
import {ITimelock} from "./ITimelock.sol";
import {ParametersBase} from "./ParametersBase.sol";

/// @title The parameters that say how long others may object
abstract contract ParameterWindows is ParametersBase {
    uint256 private constant MIN_VETO_WINDOW = 60 seconds;
    uint256 private constant MAX_VETO_WINDOW = 30 days;
    uint256 private constant MAX_CHALLENGE_WINDOW = 24;
    uint256 private constant MAX_DISPUTE_WINDOW = 30 days;
    uint256 private constant MAX_DISPUTE_DURATION = 60 days;

    /// @inheritdoc IParameters
    uint32 public immutable vetoMargin;

    /// @dev A slot of its own.
    Windows private _windows;

    /// @param vetoMargin_ seconds, see {vetoMargin}
    constructor(uint32 vetoMargin_) {
        vetoMargin = vetoMargin_;
    }

    // ---- setters (timelock) ----

    /// @inheritdoc IParameters
    function setSlashVetoWindow(uint32 value) external onlyAdmin {
        _setSlashVetoWindow(value);
    }

    /// @inheritdoc IParameters
    function setMatchChallengeWindow(uint8 value) external onlyAdmin {
        _setMatchChallengeWindow(value);
    }

    /// @inheritdoc IParameters
    function setDisputeWindow(uint32 value) external onlyAdmin {
        _setDisputeWindow(value);
    }

    /// @inheritdoc IParameters
    function setMaxDisputeDuration(uint32 value) external onlyAdmin {
        _setMaxDisputeDuration(value);
    }

    // ---- views ----

    /// @inheritdoc IParameters
    function windows() external view returns (Windows memory) {
        return _windows;
    }

    /// @inheritdoc IParameters
    function requireVetoable(uint256 decisionSeconds) external view {
        _requireVetoable(decisionSeconds);
    }

    // ---- checks ----

    function _setSlashVetoWindow(uint32 value) internal {
        _record("slashVetoWindow", _windows.slashVetoWindow, value, MIN_VETO_WINDOW, MAX_VETO_WINDOW);
        _windows.slashVetoWindow = value;
        // An account decides at once; the governor, bound to the timelock later, asks by itself.
        _requireVetoable(admin.code.length == 0 ? 0 : ITimelock(admin).decisionSeconds());
    }

    function _setMatchChallengeWindow(uint8 value) internal {
        _record("matchChallengeWindow", _windows.matchChallengeWindow, value, 1, MAX_CHALLENGE_WINDOW);
        _windows.matchChallengeWindow = value;
    }

    function _setDisputeWindow(uint32 value) internal {
        _record("disputeWindow", _windows.disputeWindow, value, 1, MAX_DISPUTE_WINDOW);
        _windows.disputeWindow = value;
        _requireThawOutlastsDispute();
    }

    function _setMaxDisputeDuration(uint32 value) internal {
        _record("maxDisputeDuration", _windows.maxDisputeDuration, value, 1, MAX_DISPUTE_DURATION);
        _windows.maxDisputeDuration = value;
        _requireThawOutlastsDispute();
    }

    function _requireVetoable(uint256 decisionSeconds) private view {
        (uint256 window, uint256 needed) = (_windows.slashVetoWindow, decisionSeconds + vetoMargin);
        require(window >= needed, ParameterVetoWindowTooShort(window, needed));
    }

    function _requireThawOutlastsDispute() internal view {
        (uint256 thaw, uint256 dispute) = (_values.thawPeriod, _windows.disputeWindow);
        uint256 needed = dispute + _windows.maxDisputeDuration;
        require(thaw >= needed, ParameterThawTooShort(thaw, needed));
    }
}
