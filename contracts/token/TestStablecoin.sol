// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title tUSD, a stablecoin for tests and devnets
/// @notice NOT MONEY: anyone may mint any amount. 6 decimals and ERC-2612 permit, like the stablecoins it stands for.
/// The deployment puts it on devnets only.
contract TestStablecoin is ERC20, ERC20Permit {
    constructor() ERC20("Millrace Test Dollar", "tUSD") ERC20Permit("Millrace Test Dollar") {}

    /// @notice Mints `amount` (6 decimals) to `to`; open to everyone.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice 6, like USDC.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
