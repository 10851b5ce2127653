// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealsTest} from "./DealsTest.sol";

/// @notice A payer with tokens, a key and no allowance.
abstract contract PermitTest is DealsTest {
    uint256 internal constant DEADLINE = 2_000_000_000;

    address internal payer;
    uint256 private _key;

    function setUp() public override {
        super.setUp();
        (payer, _key) = _accountAndKey("payer");
        token.mint(payer, DEPOSIT);
    }

    function _signPermit(uint256 value) internal view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 typehash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 message = keccak256(abi.encode(typehash, payer, address(deals), value, token.nonces(payer), DEADLINE));
        return vm.sign(_key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
    }
}
