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

    function _slash(address caller, uint96 amount) internal returns (uint64) {
        vm.prank(caller);
        return staking.slash(provider, amount, dealOwner, reporter);
    }

    /// It leaves the lock and stays in the contract: nothing is burned yet.
    function testFuzz_slash_putsLockedStakeIntoEscrow(uint96 amount) public {
        amount = uint96(_bound(amount, 1, 7 ether));
        uint256 supply = mill.totalSupply();
        uint48 vetoEndsAt = uint48(block.timestamp + VETO_WINDOW);
        vm.expectEmit(address(staking));
        emit IStaking.StakeSlashed(1, provider, amount, dealOwner, reporter, vetoEndsAt);
        vm.assertEq(_slash(deals, amount), 1);
        _assertStake(3 ether, 7 ether - amount);
        vm.assertEq(mill.totalSupply(), supply);
        vm.assertEq(mill.balanceOf(address(staking)), 10 ether);
        IStaking.Slash memory expected = IStaking.Slash(amount, dealOwner, reporter, provider, vetoEndsAt);
        vm.assertEq(abi.encode(staking.getSlash(1)), abi.encode(expected));
        vm.assertEq(staking.slashCount(), 1);
    }

    function test_slash_numbersSlashes() public {
        vm.assertEq(_slash(deals, 1), 1);
        vm.assertEq(_slash(deals, 2), 2);
        vm.assertEq(staking.getSlash(1).amount, 1);
        vm.assertEq(staking.getSlash(2).amount, 2);
    }

    /// A running deadline never moves.
    function test_slash_keepsItsDeadline_whenTheWindowChanges() public {
        _slash(deals, 1);
        uint48 vetoEndsAt = staking.getSlash(1).vetoEndsAt;
        vm.prank(admin);
        parameters.setSlashVetoWindow(1000);
        vm.assertEq(staking.getSlash(1).vetoEndsAt, vetoEndsAt);
        _slash(deals, 1);
        vm.assertEq(staking.getSlash(2).vetoEndsAt, block.timestamp + 1000);
    }

    /// The votes go to nobody: one account's change, and the slash itself, is all that happens.
    function test_slash_givesNobodyTheVotes() public {
        vm.prank(owner);
        staking.delegate(stranger);
        vm.recordLogs();
        _slash(deals, 4 ether);
        vm.assertEq(vm.getRecordedLogs().length, 2);
    }

    /// Stake in escrow does not vote, and neither does its share once it is owed.
    function test_slash_takesTheVotes() public {
        vm.prank(owner);
        staking.delegate(stranger);
        _slash(deals, 4 ether);
        vm.assertEq(staking.getVotes(stranger), 6 ether);
        _skip(VETO_WINDOW);
        staking.executeSlash(1);
        vm.assertEq(staking.getVotes(stranger), 6 ether);
    }

    /// Free and thawing stake are never slashed.
    function testFuzz_slash_reverts_whenMoreThanLocked(uint96 amount) public {
        amount = uint96(_bound(amount, 7 ether + 1, type(uint96).max));
        _requestThaw(1 ether);
        _expectLockedShort(7 ether, amount);
        _slash(deals, amount);
    }

    function test_slash_reverts_whenAmountIsZero() public {
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        _slash(deals, 0);
    }

    /// Not even a named slasher: it goes through Deals.
    function test_slash_reverts_whenCallerIsNotDeals() public {
        _expectStakingUnauthorized(admin, deals);
        _slash(admin, 1);
        vm.prank(admin);
        staking.addSlasher(stranger);
        _skip(THAW);
        _expectStakingUnauthorized(stranger, deals);
        _slash(stranger, 1);
    }
}
