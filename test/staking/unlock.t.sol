// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StakingTest} from "./StakingTest.sol";

contract UnlockTest is StakingTest {
    function setUp() public override {
        super.setUp();
        _stake(10 ether);
        _lock(7 ether);
    }

    function _unlock(address caller, uint96 amount) internal {
        vm.prank(caller);
        staking.unlock(provider, amount);
    }

    function test_unlock_movesLockedToFree() public {
        _unlock(deals, 2 ether);
        _assertStake(5 ether, 5 ether);
        _unlock(deals, 5 ether);
        _assertStake(10 ether, 0);
    }

    function testFuzz_unlock_reverts_whenMoreThanLocked(uint96 amount) public {
        amount = uint96(_bound(amount, 7 ether + 1, type(uint96).max));
        _expectLockedShort(7 ether, amount);
        _unlock(deals, amount);
    }

    function test_unlock_reverts_whenCallerIsNotDeals() public {
        _expectStakingUnauthorized(owner, deals);
        _unlock(owner, 1);
    }
}
