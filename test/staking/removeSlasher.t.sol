// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract RemoveSlasherTest is StakingTest {
    function testFuzz_removeSlasher_worksAtOnce(uint32 wait) public {
        vm.prank(admin);
        staking.addSlasher(stranger);
        _skip(wait);
        vm.expectEmit(address(staking));
        emit IStaking.SlasherRemoved(stranger);
        vm.prank(admin);
        staking.removeSlasher(stranger);
        vm.assertFalse(staking.isSlasher(stranger));
        vm.assertEq(staking.slasherFrom(stranger), 0);
    }

    /// Whoever is named again waits again.
    function test_removeSlasher_letsItBeNamedAgain_withTheWholeWait() public {
        vm.startPrank(admin);
        staking.addSlasher(stranger);
        _skip(THAW);
        staking.removeSlasher(stranger);
        staking.addSlasher(stranger);
        vm.stopPrank();
        vm.assertFalse(staking.isSlasher(stranger));
        vm.assertEq(staking.slasherFrom(stranger), block.timestamp + THAW);
    }

    function test_removeSlasher_reverts_whenItIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingSlasherUnknown.selector, stranger));
        vm.prank(admin);
        staking.removeSlasher(stranger);
    }

    function test_removeSlasher_reverts_whenCallerIsNotAdmin() public {
        vm.prank(admin);
        staking.addSlasher(stranger);
        _expectStakingUnauthorized(stranger, admin);
        vm.prank(stranger);
        staking.removeSlasher(stranger);
    }
}
