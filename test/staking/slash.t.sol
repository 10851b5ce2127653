// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract SlashTest is StakingTest {
    function setUp() public override {
        super.setUp();
        _stake(10 ether);
        _lock(7 ether);
    }

    function _slash(address caller, uint96 amount) internal {
        vm.prank(caller);
        staking.slash(provider, amount);
    }

    function testFuzz_slash_burnsLockedStake(uint96 amount) public {
        amount = uint96(_bound(amount, 0, 7 ether));
        uint256 supply = mill.totalSupply();
        vm.expectEmit(address(staking));
        emit IStaking.StakeSlashed(provider, amount);
        _slash(deals, amount);
        _assertStake(3 ether, 7 ether - amount);
        vm.assertEq(mill.totalSupply(), supply - amount);
        vm.assertEq(mill.balanceOf(address(staking)), 10 ether - amount);
    }

    /// Free and thawing stake are never slashed.
    function testFuzz_slash_reverts_whenMoreThanLocked(uint96 amount) public {
        amount = uint96(_bound(amount, 7 ether + 1, type(uint96).max));
        _requestThaw(1 ether);
        _expectLockedShort(7 ether, amount);
        _slash(deals, amount);
    }

    function test_slash_reverts_whenCallerIsNotDeals() public {
        _expectStakingUnauthorized(admin, deals);
        _slash(admin, 1);
    }
}
