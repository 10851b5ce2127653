// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Honest until it rebases (all balances change by a factor) or charges for transfers.
contract ChangingToken is ERC20 {
    uint256 private _numerator = 1;
    uint256 private _denominator = 1;
    uint256 private _chargeBps;

    constructor() ERC20("Changing", "CHANGE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function rebase(uint256 numerator, uint256 denominator) external {
        (_numerator, _denominator) = (numerator, denominator);
    }

    function charge(uint256 bps) external {
        _chargeBps = bps;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return (super.balanceOf(account) * _numerator) / _denominator;
    }

    function _update(address from, address to, uint256 value) internal override {
        uint256 shares = (value * _denominator) / _numerator;
        // ERC20 looks at its own books, not at what balanceOf says
        super._update(from, to, shares);
        if (from != address(0) && to != address(0)) super._update(to, address(0), (shares * _chargeBps) / 10_000);
    }
}
