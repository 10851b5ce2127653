// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract WithdrawThawedTest is StakingTest {
    function setUp() public override {
        super.setUp();
        _stake(10 ether);
        _requestThaw(4 ether);
    }

    function _withdraw(address caller, uint32 thaw, address to) internal {
        vm.prank(caller);
        staking.withdrawThawed(provider, thaw, to);
    }

    function test_withdrawThawed_paysOnce() public {
        vm.warp(GENESIS + THAW);
        vm.expectEmit(address(staking));
        emit IStaking.ThawWithdrawn(provider, 1, stranger, 4 ether);
        _withdraw(owner, 1, stranger);
        vm.assertEq(mill.balanceOf(stranger), 4 ether);
        vm.assertEq(mill.balanceOf(address(staking)), 6 ether);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingThawUnknown.selector, provider, 1));
        _withdraw(owner, 1, stranger);
    }

    function test_withdrawThawed_reverts_whenNotReady() public {
        vm.warp(GENESIS + THAW - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IStaking.StakingThawNotReady.selector, GENESIS + THAW, GENESIS + THAW - 1)
        );
        _withdraw(owner, 1, owner);
    }

    /// A changed parameter never moves a running deadline.
    function testFuzz_withdrawThawed_keepsItsDeadline_whenThawPeriodChanges(uint32 period) public {
        period = uint32(_bound(period, 60, 90 days));
        vm.prank(admin);
        parameters.setThawPeriod(period);
        vm.warp(GENESIS + THAW);
        _withdraw(owner, 1, owner);
        vm.assertEq(mill.balanceOf(owner), 4 ether);
    }

    function test_withdrawThawed_reverts_whenThawIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingThawUnknown.selector, provider, 2));
        _withdraw(owner, 2, owner);
    }

    function test_withdrawThawed_reverts_whenRecipientIsZero() public {
        vm.expectRevert(IStaking.StakingZeroAddress.selector);
        _withdraw(owner, 1, address(0));
    }

    function test_withdrawThawed_reverts_whenCallerIsNotOwner() public {
        vm.warp(GENESIS + THAW);
        _expectStakingUnauthorized(stranger, owner);
        _withdraw(stranger, 1, stranger);
    }

    function test_withdrawThawed_reverts_whenProviderIsUnknown() public {
        _expectUnknownProvider();
        staking.withdrawThawed(ProviderId.wrap(9), 1, stranger);
    }

    /// Attack: another provider's owner names his own provider and the victim's thaw.
    function test_withdrawThawed_reverts_whenThawIsOfAnotherProvider() public {
        vm.warp(GENESIS + THAW);
        vm.prank(stranger);
        ProviderId other = registry.registerProvider(bytes32(0), stranger);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingThawUnknown.selector, other, 1));
        vm.prank(stranger);
        staking.withdrawThawed(other, 1, stranger);
    }
}
