// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ITimelock} from "../../contracts/governance/ITimelock.sol";
import {IVetoable} from "../../contracts/governance/IVetoable.sol";

// What tests call of contracts whose own interface says less. A test that names a contract's type is compiled anew
// whenever that contract changes; one that names these is not.

/// @notice tUSD.
interface IStablecoin is IERC20Metadata, IERC20Permit {
    function mint(address to, uint256 amount) external;
}

/// @notice The timelock with what OpenZeppelin's has.
interface ITimelockWhole is ITimelock, IAccessControl {
    function bind(address governor_) external;
    function updateDelay(uint256 newDelay) external;
    function schedule(
        address target,
        uint256 value,
        bytes calldata data,
        bytes32 predecessor,
        bytes32 salt,
        uint256 delay
    ) external;
    function execute(
        address target,
        uint256 value,
        bytes calldata data,
        bytes32 predecessor,
        bytes32 salt
    ) external payable;
    function governor() external view returns (address);
    function getMinDelay() external view returns (uint256);
    function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
    function PROPOSER_ROLE() external view returns (bytes32);
    function CANCELLER_ROLE() external view returns (bytes32);
    function EXECUTOR_ROLE() external view returns (bytes32);
}

/// @notice The governor with the extensions that it is made of.
interface IGovernorWhole is IGovernor, IVetoable {
    function setVotingDelay(uint48 newVotingDelay) external;
    function setVotingPeriod(uint32 newVotingPeriod) external;
    function quorumNumerator() external view returns (uint256);
    function token() external view returns (address);
    function timelock() external view returns (address);
    function latestProposalId() external view returns (uint256);
    function proposalVotes(
        uint256 id
    ) external view returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes);
}
