// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title What the protocol and its clients use of MILL
/// @notice A payment token with permit has all of this but the treasury, the votes and `burn`.
interface IMill is IERC20Metadata, IERC20Permit, IERC20Errors, IERC5805 {
    /// @notice The permit's deadline is over. Never seen by users of Staking and Deals: a failed permit is ignored.
    error ERC2612ExpiredSignature(uint256 deadline);
    /// @notice The permit was signed by somebody else, or for another nonce.
    error ERC2612InvalidSigner(address signer, address owner);

    /// @notice What the treasury holds votes for nobody.
    error MillTreasuryDelegates(address delegatee);

    /// @notice The timelock; its MILL never votes.
    function treasury() external view returns (address);

    /// @notice Destroys `value` of the caller's tokens (18 decimals).
    function burn(uint256 value) external;
}
