// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract AddSlasherTest is StakingTest {
    /// It counts one thaw later, so that whoever asked for his stake at once has it by then.
    function testFuzz_addSlasher_takesEffectAThawLater(uint32 thaw) public {
        thaw = uint32(_bound(thaw, 60, 90 days));
        vm.startPrank(admin);
        parameters.setThawPeriod(thaw);
        uint48 activeFrom = uint48(block.timestamp + thaw);
        vm.expectEmit(address(staking));
        emit IStaking.SlasherAdded(stranger, activeFrom);
        staking.addSlasher(stranger);
        parameters.setThawPeriod(60); // a running deadline never moves
        vm.stopPrank();
        vm.assertEq(staking.slasherFrom(stranger), activeFrom);
        _skip(thaw - 1);
        vm.assertFalse(staking.isSlasher(stranger));
        _skip(1);
        vm.assertTrue(staking.isSlasher(stranger));
    }

    function test_isSlasher_isFalse_whereNobodyWasNamed() public view {
        vm.assertFalse(staking.isSlasher(stranger));
        vm.assertFalse(staking.isSlasher(deals));
    }

    /// Naming it again must not begin the wait anew, nor shorten it.
    function test_addSlasher_reverts_whenItIsOneAlready() public {
        vm.startPrank(admin);
        staking.addSlasher(stranger);
        uint48 activeFrom = staking.slasherFrom(stranger);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingSlasherKnown.selector, stranger, activeFrom));
        staking.addSlasher(stranger);
        vm.stopPrank();
    }

    function test_addSlasher_reverts_whenItIsZero() public {
        vm.expectRevert(IStaking.StakingZeroAddress.selector);
        vm.prank(admin);
        staking.addSlasher(address(0));
    }

    function test_addSlasher_reverts_whenCallerIsNotAdmin() public {
        _expectStakingUnauthorized(guardian, admin);
        vm.prank(guardian);
        staking.addSlasher(guardian);
    }
}
