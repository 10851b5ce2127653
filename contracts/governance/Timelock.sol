// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The only admin of the protocol, and its treasury
/// @notice OpenZeppelin's TimelockController that administers itself from its first block: the optional admin is left
/// out, so its deployer never holds a role that he would have to renounce. docs/protocol.md, "Governance".
contract Timelock is TimelockController {
    /// @param minDelaySeconds shortest time between proposing and executing
    /// @param proposers may propose and cancel
    /// @param executors may execute what is due; the zero address stands for everyone
    constructor(
        uint256 minDelaySeconds,
        address[] memory proposers,
        address[] memory executors
    ) TimelockController(minDelaySeconds, proposers, executors, address(0)) {}
}
