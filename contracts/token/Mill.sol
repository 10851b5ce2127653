// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// @title MILL, the stake and vote token
/// @notice ERC-20 with 18 decimals, permit (ERC-2612), votes on timestamps (ERC-5805) and burning. The whole supply is
/// minted at construction and only ever shrinks. The treasury's share is delegated to the treasury, for good, so that
/// everybody can see how much of the supply could vote at any time. docs/protocol.md, "Words" and "Governance".
contract Mill is ERC20, ERC20Burnable, ERC20Permit, ERC20Votes {
    /// @notice The list of first holders and the list of amounts differ in length.
    error MillLengthMismatch(uint256 holders, uint256 amounts);

    /// @notice A first holder would have more than half of the supply and decide alone.
    error MillHolderTooLarge(address holder, uint256 balance, uint256 maximum);

    /// @notice There must be a supply.
    error MillSupplyZero();

    /// @notice There must be a treasury.
    error MillTreasuryZero();

    /// @notice What the treasury holds votes for nobody.
    error MillTreasuryDelegates(address delegatee);

    /// @notice The timelock; its MILL never votes.
    address public immutable treasury;

    /// @param treasury_ the timelock
    /// @param holders first holders
    /// @param amounts what each gets, MILL with 18 decimals; the sum must fit 96 bits (about 79.2e9 MILL)
    constructor(
        address treasury_,
        address[] memory holders,
        uint256[] memory amounts
    ) ERC20("Millrace", "MILL") ERC20Permit("Millrace") {
        require(treasury_ != address(0), MillTreasuryZero());
        treasury = treasury_;
        _delegate(treasury_, treasury_);
        require(holders.length == amounts.length, MillLengthMismatch(holders.length, amounts.length));
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], amounts[i]);
        }
        require(totalSupply() != 0, MillSupplyZero());
        // After all were minted, so that a holder listed twice is seen with his whole balance.
        uint256 maximum = totalSupply() / 2;
        for (uint256 i = 0; i < holders.length; ++i) {
            uint256 balance = balanceOf(holders[i]);
            require(balance <= maximum, MillHolderTooLarge(holders[i], balance, maximum));
        }
    }

    /// @notice Unix seconds: votes are counted at timestamps.
    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    /// @notice ERC-6372 description of {clock}.
    // ERC-6372 gives this function its name in capitals.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice Next ERC-2612 permit and ERC-5805 delegation nonce of `owner`.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @dev Every balance fits 96 bits, which Staking's packed slots rely on.
    function _maxSupply() internal pure override returns (uint256) {
        return type(uint96).max;
    }

    function _delegate(address account, address delegatee) internal override {
        require(account != treasury || delegatee == treasury, MillTreasuryDelegates(delegatee));
        super._delegate(account, delegatee);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
