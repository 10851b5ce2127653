// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EpochClock} from "../../contracts/libraries/EpochClock.sol";
import {IEpochClock} from "../../contracts/libraries/IEpochClock.sol";
import {Test} from "../lib/Test.sol";

contract Clock is EpochClock {
    constructor(uint64 genesis_, uint32 epochDuration_) EpochClock(genesis_, epochDuration_) {}
}

contract EpochClockTest is Test {
    function setUp() public {
        vm.warp(1_800_000_000);
    }

    function test_constructor_reverts_whenDurationIsZero() public {
        vm.expectRevert(IEpochClock.EpochDurationZero.selector);
        new Clock(1_800_000_000, 0);
    }

    function test_constructor_reverts_whenGenesisIsInTheFuture() public {
        vm.expectRevert(
            abi.encodeWithSelector(IEpochClock.EpochGenesisInFuture.selector, 1_800_000_001, 1_800_000_000)
        );
        new Clock(1_800_000_001, 10);
    }

    function test_currentEpoch_changes_atTheBoundary() public {
        Clock clock = new Clock(1_800_000_000, 10);
        vm.assertEq(clock.currentEpoch(), 0);
        vm.warp(1_800_000_009);
        vm.assertEq(clock.currentEpoch(), 0);
        vm.warp(1_800_000_010);
        vm.assertEq(clock.currentEpoch(), 1);
    }

    function testFuzz_currentEpoch_holdsTheTimestamp(uint32 age, uint32 duration, uint32 later) public {
        // Epochs of one second fit 136 years, which age and later together exceed.
        duration = uint32(_bound(duration, 2, type(uint32).max));
        uint64 genesis = 1_800_000_000 - uint64(_bound(age, 0, 1_800_000_000));
        Clock clock = new Clock(genesis, duration);
        vm.warp(1_800_000_000 + uint256(later));
        uint256 start = genesis + uint256(clock.currentEpoch()) * duration;
        vm.assertLe(start, vm.getBlockTimestamp());
        vm.assertGt(start + duration, vm.getBlockTimestamp());
    }
}
