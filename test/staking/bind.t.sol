// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract BindTest is StakingTest {
    IStaking internal fresh;

    function setUp() public override {
        super.setUp();
        fresh = _newStaking(mill, registry, parameters, owner);
    }

    function _bind(address caller, address deals_) internal {
        vm.prank(caller);
        fresh.bind(deals_);
    }

    function test_bind_namesDealsForGood() public {
        vm.expectEmit(address(fresh));
        emit IStaking.StakingBound(deals);
        _bind(owner, deals);
        vm.assertEq(fresh.deals(), deals);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingAlreadyBound.selector, deals));
        _bind(owner, stranger);
    }

    function test_bind_reverts_whenCallerIsNotTheBinder() public {
        _expectStakingUnauthorized(stranger, owner);
        _bind(stranger, stranger);
    }

    function test_bind_reverts_whenDealsIsZero() public {
        vm.expectRevert(IStaking.StakingZeroAddress.selector);
        _bind(owner, address(0));
    }

    /// Before it is bound nobody can lock, not even by coming from the zero address.
    function test_bind_leavesLocksClosedBefore() public {
        _expectStakingUnauthorized(owner, address(0));
        vm.prank(owner);
        fresh.lock(provider, 0);
    }
}
