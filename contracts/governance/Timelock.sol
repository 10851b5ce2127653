// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The only admin of the protocol, and its treasury
/// @notice OpenZeppelin's TimelockController that administers itself from its first block: the optional admin is left
/// out, so its deployer never holds a role that he would have to renounce. The governor alone proposes and cancels;
/// anyone executes what is due. docs/protocol.md, "Governance".
contract Timelock is TimelockController {
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
}
