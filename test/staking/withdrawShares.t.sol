// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract WithdrawSharesTest is StakingTest {
    function testFuzz_withdrawShares_paysAllOfThem(uint96 amount) public {
        amount = uint96(_bound(amount, 10, 10 ether));
        _executed(amount);
        uint256 share = (amount * 4) / 10;
        vm.expectEmit(address(staking));
        emit IStaking.SharesWithdrawn(dealOwner, stranger, share);
        vm.prank(dealOwner);
        vm.assertEq(staking.withdrawShares(stranger), share);
        vm.assertEq(mill.balanceOf(stranger), share);
        vm.assertEq(staking.sharesOf(dealOwner), 0);
        vm.assertEq(staking.sharesOf(reporter), amount / 10);
    }

    function test_withdrawShares_paysSeveralSlashesAtOnce() public {
        _executed(1 ether);
        _executed(2 ether);
        vm.prank(reporter);
        vm.assertEq(staking.withdrawShares(reporter), 0.3 ether);
    }

    function test_withdrawShares_reverts_whenThereAreNone() public {
        _executed(1 ether);
        vm.startPrank(reporter);
        staking.withdrawShares(reporter);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNoShares.selector, reporter));
        staking.withdrawShares(reporter);
        vm.stopPrank();
    }

    function test_withdrawShares_reverts_whenToIsZero() public {
        _executed(1 ether);
        vm.expectRevert(IStaking.StakingZeroAddress.selector);
        vm.prank(reporter);
        staking.withdrawShares(address(0));
    }

    function _executed(uint96 amount) private {
        uint64 id = _slashed(amount);
        _skip(VETO_WINDOW);
        staking.executeSlash(id);
    }
}
