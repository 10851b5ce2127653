// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract DelegateTest is StakingTest {
    address internal delegatee = _account("delegatee");

    function _delegate(address to) internal {
        vm.prank(owner);
        staking.delegate(to);
    }

    /// Free, locked and thawing stake vote alike, whenever they came.
    function testFuzz_delegate_countsTheWholeStake(uint96 before, uint96 later, uint96 locked, uint96 thawing) public {
        before = uint96(_bound(before, 1, FUNDS / 2));
        later = uint96(_bound(later, 1, FUNDS / 2));
        _stake(before);
        vm.expectEmit(address(staking));
        emit IStaking.DelegateChanged(owner, address(0), delegatee);
        vm.expectEmit(address(staking));
        emit IStaking.DelegateVotesChanged(delegatee, 0, before);
        _delegate(delegatee);
        _stake(later);
        uint96 whole = before + later;
        locked = uint96(_bound(locked, 0, whole - 1));
        _lock(locked);
        _requestThaw(uint96(_bound(thawing, 1, whole - locked)));
        vm.assertEq(staking.getVotes(delegatee), whole);
        vm.assertEq(staking.delegates(owner), delegatee);
        vm.assertEq(staking.getStake(provider).delegatee, delegatee);
    }

    function test_delegate_movesTheVotes() public {
        _stake(10 ether);
        _delegate(owner);
        _delegate(delegatee);
        vm.assertEq(staking.getVotes(owner), 0);
        vm.assertEq(staking.getVotes(delegatee), 10 ether);
        _delegate(address(0));
        vm.assertEq(staking.getVotes(delegatee), 0);
        vm.assertEq(staking.delegates(owner), address(0));
    }

    /// Nobody votes with stake before its owner says who.
    function test_delegate_isNobody_atFirst() public {
        _stake(10 ether);
        vm.assertEq(staking.getVotes(owner), 0);
        vm.assertEq(staking.getVotes(staker), 0);
        vm.assertEq(staking.delegates(owner), address(0));
    }

    function test_delegate_remembersThePast() public {
        _stake(10 ether);
        _delegate(delegatee);
        uint256 first = vm.getBlockTimestamp();
        _skip(5);
        _lock(4 ether);
        vm.prank(deals);
        staking.slash(provider, 4 ether, dealOwner, reporter);
        _skip(5);
        uint32 thaw = _requestThaw(1 ether);
        _skip(THAW);
        vm.prank(owner);
        staking.withdrawThawed(provider, thaw, owner);
        vm.assertEq(staking.getPastVotes(delegatee, first - 1), 0);
        vm.assertEq(staking.getPastVotes(delegatee, first), 10 ether);
        vm.assertEq(staking.getPastVotes(delegatee, first + 5), 6 ether);
        vm.assertEq(staking.getPastVotes(delegatee, block.timestamp - 1), 6 ether);
        vm.assertEq(staking.getVotes(delegatee), 5 ether);
    }

    function test_delegate_reverts_whenCallerHasNoProvider() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingProviderUnknown.selector, ProviderId.wrap(0)));
        vm.prank(stranger);
        staking.delegate(stranger);
    }
}
