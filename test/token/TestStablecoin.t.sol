// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestStablecoin} from "../../contracts/token/TestStablecoin.sol";
import {Test} from "../lib/Test.sol";

contract TestStablecoinTest is Test {
    function test_mint_isOpenToEveryone() public {
        TestStablecoin token = new TestStablecoin();
        vm.prank(_account("anyone"));
        token.mint(_account("bob"), 5_000_000);
        vm.assertEq(token.balanceOf(_account("bob")), 5_000_000);
        vm.assertEq(token.decimals(), 6);
        vm.assertEq(token.symbol(), "tUSD");
    }
}
