// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ITimelock} from "./ITimelock.sol";
import {IVetoable} from "./IVetoable.sol";

/// @title The only admin of the protocol, and its treasury
/// @notice OpenZeppelin's TimelockController that administers itself from its first block: the optional admin is left
/// out, so its deployer never holds a role that he would have to renounce. The governor alone proposes and cancels;
/// anyone executes what is due. docs/protocol.md, "Governance".
contract Timelock is ITimelock, TimelockController {
    address private immutable _binder;

    /// @notice The bound governor, zero before {bind}.
    address public governor;

    /// @notice `governor` may propose and cancel, from now on.
    event TimelockBound(address indexed governor);

    error TimelockBinderUnauthorized(address caller, address expected);
    error TimelockAlreadyBound(address governor);
    error TimelockGovernorZero();

    /// @param minDelaySeconds shortest time between proposing and executing
    /// @param binder may call {bind}, once
    constructor(
        uint256 minDelaySeconds,
        address binder
    ) TimelockController(minDelaySeconds, new address[](0), new address[](1), address(0)) {
        _binder = binder;
    }

    /// @notice Gives the governor, which is made after the timelock, the right to propose and to cancel; by the binder of
    /// the deployment, once. Emits {TimelockBound} and RoleGranted.
    /// Reverts: {TimelockBinderUnauthorized}, {TimelockAlreadyBound}, {TimelockGovernorZero}.
    function bind(address governor_) external {
        require(msg.sender == _binder, TimelockBinderUnauthorized(msg.sender, _binder));
        require(governor == address(0), TimelockAlreadyBound(governor));
        require(governor_ != address(0), TimelockGovernorZero());
        governor = governor_;
        _grantRole(PROPOSER_ROLE, governor_);
        _grantRole(CANCELLER_ROLE, governor_);
        emit TimelockBound(governor_);
    }

    /// @notice Sets the delay; by a decision alone. Emits MinDelayChange.
    /// Reverts: TimelockUnauthorizedCaller, {IParameters-ParameterVetoWindowTooShort} (slashes could not be vetoed any more).
    function updateDelay(uint256 newDelay) public override {
        super.updateDelay(newDelay);
        // Only the governor proposes such a call, so it is bound.
        IVetoable(governor).requireVetoable();
    }

    /// @inheritdoc ITimelock
    function decisionSeconds() external view returns (uint256 seconds_) {
        seconds_ = getMinDelay();
        if (governor != address(0)) seconds_ += IGovernor(governor).votingDelay() + IGovernor(governor).votingPeriod();
    }
}
