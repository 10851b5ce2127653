// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StakingTest} from "./StakingTest.sol";

contract LockTest is StakingTest {
    function setUp() public override {
        super.setUp();
        _stake(10 ether);
    }

    function test_lock_movesFreeToLocked() public {
        _lock(4 ether);
        _assertStake(6 ether, 4 ether);
        _lock(6 ether);
        _assertStake(0, 10 ether);
    }

    /// Invariant 3: Σ locks ≤ stake.
    function testFuzz_lock_reverts_whenMoreThanFree(uint96 amount) public {
        amount = uint96(_bound(amount, 10 ether + 1, type(uint96).max));
        _expectFreeShort(10 ether, amount);
        _lock(amount);
    }

    function test_lock_reverts_whenCallerIsNotDeals() public {
        _expectStakingUnauthorized(owner, deals);
        vm.prank(owner);
        staking.lock(provider, 1);
    }
}
