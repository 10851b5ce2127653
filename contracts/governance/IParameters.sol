// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Protocol parameters
/// @notice The figures the token holders may change, each within hard-coded bounds, by the timelock alone.
/// A change never moves a deadline that is already running. docs/protocol.md, "Parameters" and "Governance".
///
/// | parameter | minimum | maximum |
/// |---|---|---|
/// | stakePerUnit | 1 MILL | 10,000 MILL, in steps of 0.001 MILL |
/// | thawPeriod | 60 s | 90 days |
/// | minFundedEpochs | 1 | 720 |
/// | protocolFeeBps | 0 | 500 |
/// | maxMissedEpochs | 1 | 64 |
/// | evictionSlashBps | 0 | 1,000 |
/// | resignNoticeEpochs | 1 | 720 |
/// | slashVetoWindow | 60 s, and what a decision takes plus {vetoMargin} | 30 days |
/// | matchChallengeWindow | 1 | 24 |
/// | disputeWindow | 1 s | 30 days |
/// | maxDisputeDuration | 1 s | 60 days |
///
/// thawPeriod is at least disputeWindow + maxDisputeDuration, whichever of the three is set: else
/// {ParameterThawTooShort}.
///
/// Every setter reverts with {ParameterUnauthorized} unless the caller is {admin}, with {ParameterOutOfBounds} outside
/// the bounds above, and emits {ParameterSet}.
///
/// A guardian may close the entry for a while: no new provider, node, offer, deal or match. Nobody is kept from leaving.
/// It is appointed for a year, and may use its pause once until the admin appoints it (or another) again.
interface IParameters {
    /// @notice All parameters at once.
    /// @param stakePerUnit MILL (18 decimals) locked per unit of a new worker; a multiple of 0.001 MILL
    /// @param thawPeriod seconds between asking for stake back (or for another payout address) and getting it
    /// @param minFundedEpochs epochs a deal's balance must cover at creation and after a match
    /// @param protocolFeeBps share of a worker's pay that goes to the treasury, fixed in a deal at its creation
    /// @param maxMissedEpochs consecutive missed epochs after which anyone may evict a worker
    /// @param evictionSlashBps share of a worker's lock that eviction burns
    /// @param resignNoticeEpochs epochs between a worker's resignation and the end of its assignment
    /// @param entryPausedUntil unix seconds at which entry opens again; open if that is not in the future
    struct Values {
        uint96 stakePerUnit;
        uint32 thawPeriod;
        uint16 minFundedEpochs;
        uint16 protocolFeeBps;
        uint16 maxMissedEpochs;
        uint16 evictionSlashBps;
        uint16 resignNoticeEpochs;
        uint48 entryPausedUntil;
    }

    /// @notice How long others may object. Read apart from the values, so that what needs none of this pays nothing for it.
    /// @param slashVetoWindow seconds in which a slash can be vetoed before anyone may execute it
    /// @param matchChallengeWindow epochs in which a cheaper node may take the place of a matched one
    /// @param disputeWindow seconds in which what a worker served can be disputed
    /// @param maxDisputeDuration seconds a dispute takes at most
    struct Windows {
        uint32 slashVetoWindow;
        uint8 matchChallengeWindow;
        uint32 disputeWindow;
        uint32 maxDisputeDuration;
    }

    /// @notice A parameter changed. Emitted for each parameter at construction too, with `previous` 0.
    /// @param name the parameter's name as ASCII, left aligned, for example "stakePerUnit"
    /// @param previous value until now
    /// @param value value from now on
    event ParameterSet(bytes32 indexed name, uint256 previous, uint256 value);
    /// @notice `guardian` may pause entry once, before `termEndsAt` (unix seconds); the zero address: nobody may.
    event GuardianSet(address indexed guardian, uint48 termEndsAt);
    /// @notice Entry is closed until `until` (unix seconds), unless it is opened before.
    event EntryPaused(address indexed guardian, uint48 until);
    /// @notice Entry is open again before its time.
    event EntryResumed(address indexed caller);

    /// @notice Only the admin may set a parameter.
    error ParameterUnauthorized(address caller, address expected);
    /// @notice `value` is outside the hard-coded bounds of `name`.
    error ParameterOutOfBounds(bytes32 name, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice stakePerUnit must be a multiple of 0.001 MILL.
    error ParameterNotMultiple(bytes32 name, uint256 value, uint256 unit);
    /// @notice There must be an admin.
    error ParameterAdminZero();
    /// @notice A slash could no longer be vetoed by a vote: its window is `slashVetoWindow`, and a decision takes up to
    /// `needed`, with the margin (seconds).
    error ParameterVetoWindowTooShort(uint256 slashVetoWindow, uint256 needed);
    /// @notice Stake could leave before a dispute is over: a thaw takes `thawPeriod`, a dispute up to `needed` (seconds).
    error ParameterThawTooShort(uint256 thawPeriod, uint256 needed);
    /// @notice Only the guardian may pause entry (zero if there is none).
    error ParameterGuardianUnauthorized(address caller, address guardian);
    /// @notice The guardian's term ended at `endedAt` (unix seconds).
    error ParameterGuardianTermOver(uint48 endedAt);
    /// @notice The guardian has used its pause; the token holders must renew it first.
    error ParameterPauseUsed();
    /// @notice Entry is open.
    error ParameterEntryNotPaused();

    /// @notice The timelock, for good.
    function admin() external view returns (address);

    /// @notice The parameters in force now.
    function values() external view returns (Values memory);

    /// @notice The windows in force now.
    function windows() external view returns (Windows memory);

    /// @notice Seconds that slashVetoWindow leaves at least beyond what a decision of the token holders takes.
    function vetoMargin() external view returns (uint32);

    /// @notice Asked by the governor before its own periods grow: returns if a slash can still be vetoed by a decision that
    /// takes `decisionSeconds` from its proposal to its execution. Reverts: {ParameterVetoWindowTooShort}.
    function requireVetoable(uint256 decisionSeconds) external view;

    /// @notice Unix seconds at which entry opens again; it is open if that is not in the future.
    function entryPausedUntil() external view returns (uint48);

    /// @notice Who may pause entry, zero if nobody.
    function guardian() external view returns (address);

    /// @notice Unix seconds at which the guardian's term ends; zero without a guardian.
    function guardianTermEndsAt() external view returns (uint48);

    /// @notice True if the guardian has used its pause since it was last appointed.
    function pauseUsed() external view returns (bool);

    /// @notice The guardian closes the entry for `seconds_`, from 1 second to 14 days. Emits {EntryPaused}.
    /// Reverts: {ParameterGuardianUnauthorized}, {ParameterGuardianTermOver}, {ParameterPauseUsed}, {ParameterOutOfBounds}.
    function pauseEntry(uint32 seconds_) external;

    /// @notice The guardian or the admin opens the entry before its time. The pause stays used. Emits {EntryResumed}.
    /// Reverts: {ParameterGuardianUnauthorized}, {ParameterEntryNotPaused}.
    function resumeEntry() external;

    /// @notice The admin appoints a guardian for 365 days from now, or renews it, with a pause to use. A pause under way
    /// goes on. The zero address leaves the protocol without one. Emits {GuardianSet}. Reverts: {ParameterUnauthorized}.
    function setGuardian(address guardian_) external;

    /// @notice Sets the MILL (18 decimals) locked per unit of new workers. Running locks stay as they are.
    /// Reverts with {ParameterNotMultiple} unless a multiple of 0.001 MILL.
    function setStakePerUnit(uint96 value) external;

    /// @notice Sets the seconds a thaw or a payout change takes. Those under way keep their deadline.
    function setThawPeriod(uint32 value) external;

    /// @notice Sets the epochs a new deal must be funded for. Existing deals keep theirs.
    function setMinFundedEpochs(uint16 value) external;

    /// @notice Sets the protocol fee of new deals, in basis points of a worker's pay.
    function setProtocolFeeBps(uint16 value) external;

    /// @notice Sets how many missed epochs in a row allow an eviction.
    function setMaxMissedEpochs(uint16 value) external;

    /// @notice Sets the share of a worker's lock, in basis points, that an eviction burns.
    function setEvictionSlashBps(uint16 value) external;

    /// @notice Sets the notice, in epochs, of workers that resign from now on.
    function setResignNoticeEpochs(uint16 value) external;

    /// @notice Sets the seconds in which a slash can be vetoed. Slashes under way keep their deadline.
    /// Reverts with {ParameterVetoWindowTooShort} if that is less than a decision takes, as the timelock tells it now
    /// (votingDelay + votingPeriod + its delay), plus {vetoMargin}. An admin without code decides at once.
    function setSlashVetoWindow(uint32 value) external;

    /// @notice Sets the epochs in which new matches can be challenged.
    function setMatchChallengeWindow(uint8 value) external;

    /// @notice Sets the seconds in which what a worker served can be disputed.
    function setDisputeWindow(uint32 value) external;

    /// @notice Sets the seconds a dispute takes at most.
    function setMaxDisputeDuration(uint32 value) external;
}
