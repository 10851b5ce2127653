// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Protocol parameters
/// @notice The figures the token holders may change, each within hard-coded bounds, by the timelock alone.
/// A change never moves a deadline that is already running. docs/protocol.md, "Parameters".
interface IParameters {
    /// @notice All parameters at once.
    /// @param stakePerUnit MILL (18 decimals) locked per unit of a new worker; a multiple of 0.001 MILL
    /// @param thawPeriod seconds between asking for stake back (or for another payout address) and getting it
    /// @param minFundedEpochs epochs a deal's balance must cover at creation and after a match
    /// @param protocolFeeBps share of a worker's pay that goes to the treasury, fixed in a deal at its creation
    /// @param maxMissedEpochs consecutive missed epochs after which anyone may evict a worker
    /// @param evictionSlashBps share of a worker's lock that eviction burns
    /// @param resignNoticeEpochs epochs between a worker's resignation and the end of its assignment
    struct Values {
        uint96 stakePerUnit;
        uint32 thawPeriod;
        uint16 minFundedEpochs;
        uint16 protocolFeeBps;
        uint16 maxMissedEpochs;
        uint16 evictionSlashBps;
        uint16 resignNoticeEpochs;
    }

    /// @notice A parameter changed.
    /// @param name the parameter's name as ASCII, left aligned, for example "stakePerUnit"
    event ParameterSet(bytes32 indexed name, uint256 previous, uint256 value);

    /// @notice `value` is outside the hard-coded bounds of `name`.
    error ParameterOutOfBounds(bytes32 name, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice stakePerUnit must be a multiple of 0.001 MILL.
    error ParameterNotMultiple(bytes32 name, uint256 value, uint256 unit);

    /// @notice The parameters in force now.
    function values() external view returns (Values memory);

    function setStakePerUnit(uint96 value) external;
    function setThawPeriod(uint32 value) external;
    function setMinFundedEpochs(uint16 value) external;
    function setProtocolFeeBps(uint16 value) external;
    function setMaxMissedEpochs(uint16 value) external;
    function setEvictionSlashBps(uint16 value) external;
    function setResignNoticeEpochs(uint16 value) external;
}
