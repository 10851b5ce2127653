// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {DealsTest} from "../deals/DealsTest.sol";

/// Invariant 6: while entry is paused every party can leave with all that is theirs.
contract EverybodyLeavesTest is DealsTest {
    uint256 internal constant STAKED = 100 * uint256(STAKE_PER_UNIT);

    function test_entryPaused_letsEverybodyLeaveWithAllThatIsTheirs() public {
        _assignBoth();
        _skipEpochs(1);
        _attend(node1);
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        _expectPaused();
        deals.createDeal(_terms(2), DEPOSIT);

        // node1 attends and resigns; node2 stays away and is evicted; the owner stops.
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ASK, false);
        vm.prank(owner1);
        deals.resign(deal, node1);
        _skipEpochs(1);
        _attend(node1);
        _skipEpochs(1);
        deals.evict(deal, node2);
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), 2 * (PRICE - FEE));
        vm.prank(developer);
        deals.stop(deal);
        _skipEpochs(2);
        deals.release(deal, node1);
        deals.release(deal, node2);
        vm.startPrank(developer);
        deals.withdraw(deal, deals.getDeal(deal).withdrawable, developer);
        deals.withdrawRefund(address(token), developer);
        vm.stopPrank();
        deals.collectFees(address(token));
        // What the developer paid for is all he does not get back, and nothing stays behind.
        vm.assertEq(token.balanceOf(developer) + token.balanceOf(owner1) + token.balanceOf(treasury), DEPOSIT);
        vm.assertEq(token.balanceOf(owner1), 2 * (PRICE - FEE));
        vm.assertEq(token.balanceOf(address(deals)), 0);

        _leaveStaking();
        vm.assertGt(parameters.entryPausedUntil(), block.timestamp);
    }

    /// @dev Both owners take their whole stake out, but what node2 lost.
    function _leaveStaking() private {
        IStaking.Stake memory second = staking.getStake(provider2);
        vm.prank(owner1);
        uint32 thaw1 = staking.requestThaw(provider1, uint96(STAKED));
        vm.prank(owner2);
        uint32 thaw2 = staking.requestThaw(provider2, second.free);
        _skip(60);
        vm.prank(owner1);
        staking.withdrawThawed(provider1, thaw1, owner1);
        vm.prank(owner2);
        staking.withdrawThawed(provider2, thaw2, owner2);
        vm.assertEq(mill.balanceOf(owner1), STAKED);
        vm.assertEq(mill.balanceOf(owner2), STAKED - (LOCK * SLASH_BPS) / 10_000);
        // What node2 lost: this test evicted it, so it is the reporter.
        staking.executeSlash(1);
        vm.prank(developer);
        staking.withdrawShares(developer);
        staking.withdrawShares(treasury);
        vm.assertEq(mill.balanceOf(address(staking)), 0);
    }

    function _expectPaused() private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsEntryPaused.selector, parameters.entryPausedUntil()));
    }
}
