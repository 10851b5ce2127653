// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract StakeTest is StakingTest {
    function testFuzz_stake_addsToFreeStake(uint96 first, uint96 second) public {
        first = uint96(_bound(first, 1, FUNDS / 2));
        second = uint96(_bound(second, 1, FUNDS / 2));
        vm.expectEmit(address(staking));
        emit IStaking.Staked(provider, staker, first);
        _stake(first);
        _stake(second);
        _assertStake(uint256(first) + second, 0);
        vm.assertEq(mill.balanceOf(address(staking)), uint256(first) + second);
        vm.assertEq(mill.balanceOf(staker), FUNDS - first - second);
    }

    /// Whoever stakes for another gives it to him.
    function test_stake_givesTheStakerNoRightToIt() public {
        _stake(5 ether);
        _expectStakingUnauthorized(staker, owner);
        vm.prank(staker);
        staking.requestThaw(provider, 5 ether);
    }

    function test_stake_reverts_whenAmountIsZero() public {
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        _stake(0);
    }

    function test_stake_reverts_whenProviderIsUnknown() public {
        _expectUnknownProvider();
        vm.prank(staker);
        staking.stake(ProviderId.wrap(9), 1 ether);
    }

    function test_stake_reverts_whenAllowanceIsShort() public {
        vm.prank(staker);
        mill.approve(address(staking), 1);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(staking), 1, 2)
        );
        _stake(2);
    }

    function test_stake_reverts_whenBalanceIsShort() public {
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, staker, FUNDS, FUNDS + 1)
        );
        _stake(FUNDS + 1);
    }
}
