// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStablecoin} from "../lib/Contracts.sol";
import {Deployments} from "../lib/Deployments.sol";

contract TestStablecoinTest is Deployments {
    function test_mint_isOpenToEveryone() public {
        IStablecoin token = _newStablecoin();
        vm.prank(_account("anyone"));
        token.mint(_account("bob"), 5_000_000);
        vm.assertEq(token.balanceOf(_account("bob")), 5_000_000);
        vm.assertEq(token.decimals(), 6);
        vm.assertEq(token.symbol(), "tUSD");
    }
}
