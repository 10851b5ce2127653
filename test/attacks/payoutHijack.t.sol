// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {DealsTest} from "../deals/DealsTest.sol";

/// @notice Attacks on where a provider's pay goes: by somebody who has its owner's key, and by somebody who has none.
contract PayoutHijackTest is DealsTest {
    address private payout = _account("payout");
    address private thief = _account("thief");

    function setUp() public override {
        super.setUp();
        vm.prank(owner1);
        registry.requestPayoutChange(provider1, payout);
        _skipEpochs(6); // the thaw
        _attend(node1);
        vm.assertEq(registry.payoutOf(provider1), payout);
        _assignOne();
        _work(2);
    }

    /// With the owner's key alone nothing of the pay can be had: whatever is earned before the thaw is over is claimed by the
    /// old address, which also takes the request back.
    function test_attack_aStolenOwnerKey_getsNoPay() public {
        vm.prank(owner1); // the thief has this key
        registry.requestPayoutChange(provider1, thief);
        _work(3);
        vm.startPrank(thief);
        vm.expectRevert(_unauthorized(thief, payout));
        deals.claim(deal, node1, EVER, thief);
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](1);
        items[0] = IDeals.ClaimItem(deal, node1);
        vm.expectEmit(address(deals));
        emit IDeals.ClaimSkipped(deal, node1, IDeals.ClaimRefusal.NotPayout);
        deals.claimAll(items, EVER, thief);
        vm.stopPrank();
        vm.prank(payout);
        registry.cancelPayoutChange(provider1);
        _work(6);
        vm.prank(payout);
        vm.assertEq(deals.claim(deal, node1, EVER, payout), 10 * (PRICE - FEE));
        vm.assertEq(token.balanceOf(thief) + deals.earnings(thief, address(token)), 0);
    }

    /// What was credited before a change was due stays the old address's, whoever settles afterwards.
    function test_attack_aChangeThatIsDue_takesNothingCreditedBefore() public {
        deals.settleWorker(deal, node1, EVER);
        vm.prank(owner1);
        registry.requestPayoutChange(provider1, thief);
        _work(7);
        vm.assertEq(registry.payoutOf(provider1), thief);
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingOwed.selector, thief, address(token)));
        deals.withdrawEarnings(address(token), thief);
        vm.prank(payout);
        vm.assertEq(deals.withdrawEarnings(address(token), payout), PRICE - FEE);
    }

    /// Whoever settles, releases or evicts for others cannot say where the money goes.
    function testFuzz_attack_whoPushes_choosesNothing(address anyone) public {
        vm.assume(anyone != payout && anyone != developer && anyone != treasury && anyone != address(deals));
        vm.startPrank(anyone);
        deals.settleWorker(deal, node1, EVER);
        vm.stopPrank();
        vm.prank(developer);
        deals.stop(deal);
        _work(1);
        vm.prank(anyone);
        deals.release(deal, node1);
        vm.assertEq(deals.earnings(payout, address(token)), 2 * (PRICE - FEE));
        vm.assertEq(deals.earnings(anyone, address(token)) + token.balanceOf(anyone), 0);
    }

    /// A provider of the thief's own names the victim's node, deal or operator: none of them is his.
    function test_attack_anotherProvidersOwner_reachesNothing() public {
        vm.startPrank(owner2);
        vm.expectRevert(_unauthorized(owner2, payout));
        deals.claim(deal, node1, EVER, owner2);
        vm.expectRevert(_unauthorized(owner2, owner1));
        deals.resign(deal, node1);
        bytes memory notHis = abi.encodeWithSelector(IRegistry.RegistryUnauthorized.selector, owner2, owner1);
        vm.expectRevert(notHis);
        registry.requestPayoutChange(provider1, owner2);
        vm.expectRevert(notHis);
        registry.retireNode(node1);
        vm.expectRevert(notHis);
        registry.setOffer(node1, address(token), 1, true);
        vm.stopPrank();
    }
}
