// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract RequestThawTest is StakingTest {
    function setUp() public override {
        super.setUp();
        _stake(10 ether);
    }

    function test_requestThaw_takesFromFreeStake() public {
        vm.expectEmit(address(staking));
        emit IStaking.ThawRequested(provider, 1, 4 ether, GENESIS + THAW);
        vm.assertEq(_requestThaw(4 ether), 1);
        _assertStake(6 ether, 0);
        vm.assertEq(abi.encode(staking.getThaw(provider, 1)), abi.encode(4 ether, GENESIS + THAW));
        _skip(7);
        vm.assertEq(_requestThaw(6 ether), 2);
        vm.assertEq(abi.encode(staking.getThaw(provider, 2)), abi.encode(6 ether, GENESIS + THAW + 7));
        vm.assertEq(staking.getStake(provider).thawCount, 2);
        vm.assertEq(mill.balanceOf(address(staking)), 10 ether);
    }

    /// Thawing stake backs no new worker.
    function test_requestThaw_leavesNothingToLock() public {
        _requestThaw(10 ether);
        _expectFreeShort(0, 1);
        _lock(1);
    }

    function test_requestThaw_reverts_whenStakeIsLocked() public {
        _lock(7 ether);
        _expectFreeShort(3 ether, 4 ether);
        _requestThaw(4 ether);
    }

    function test_requestThaw_reverts_whenAmountIsZero() public {
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        _requestThaw(0);
    }

    function test_requestThaw_reverts_whenCallerIsNotOwner() public {
        _expectStakingUnauthorized(payout, owner);
        vm.prank(payout);
        staking.requestThaw(provider, 1 ether);
    }

    function test_requestThaw_reverts_whenProviderIsUnknown() public {
        _expectUnknownProvider();
        staking.requestThaw(ProviderId.wrap(9), 1 ether);
    }
}
