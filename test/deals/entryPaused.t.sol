// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

/// @notice Invariant 6: while entry is paused every party can leave with all that is theirs.
contract DealsEntryPausedTest is DealsTest {
    uint48 private until;

    function test_createDeal_reverts_whileEntryIsPaused() public {
        _pause();
        IDeals.Terms memory terms = _terms(2);
        _fund(developer, DEPOSIT);
        vm.expectRevert(_paused());
        vm.prank(developer);
        deals.createDeal(terms, DEPOSIT);
        vm.expectRevert(_paused());
        vm.prank(developer);
        deals.createDealWithPermit(terms, DEPOSIT, 0, 0, 0, 0);
        vm.warp(until);
        vm.prank(developer);
        deals.createDeal(terms, DEPOSIT);
    }

    function test_matchDeal_reverts_whileEntryIsPaused() public {
        _pause();
        IDeals.Terms memory terms = _terms(2);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.expectRevert(_paused());
        deals.matchDeal(deal, terms, candidates);
        vm.prank(guardian);
        parameters.resumeEntry();
        deals.matchDeal(deal, terms, candidates);
    }

    /// @notice Invariant 6, for whoever is in a deal: owner, payout, provider, treasury.
    function test_invariant6_everybodyLeaves_whileEntryIsPaused() public {
        _assignBoth();
        _work(2); // node2 misses both
        _pause();
        IDeals.Terms memory terms = _terms(2);
        vm.prank(owner1);
        deals.resign(deal, node1);
        vm.startPrank(developer);
        modules.setModule(deal, keccak256("fixed"), 0);
        deals.bar(deal, provider2);
        deals.unbar(deal, provider2);
        deals.setTarget(deal, terms, 1, _list(node2));
        vm.stopPrank();
        _fund(stranger, 100);
        vm.prank(stranger);
        deals.topUp(deal, 100);
        _work(NOTICE);
        deals.endWorker(deal, node1);
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        vm.prank(developer);
        deals.stop(deal);
        _skipEpochs(1);
        deals.release(deal, node1);
        deals.release(deal, node2);
        vm.prank(owner1);
        deals.withdrawEarnings(address(token), owner1);
        vm.startPrank(developer);
        deals.withdrawRefund(address(token), developer);
        deals.withdraw(deal, deals.getDeal(deal).withdrawable, developer);
        vm.stopPrank();
        deals.collectFees(address(token));
        vm.prank(owner1);
        staking.requestThaw(provider1, uint96(100 * STAKE_PER_UNIT));
        vm.assertLt(block.timestamp, until); // still paused
        vm.assertEq(token.balanceOf(address(deals)), 0, "nothing is left behind");
        vm.assertEq(staking.getStake(provider1).locked, 0);
        vm.assertEq(staking.getStake(provider2).locked, 0);
    }

    function test_evict_goesOn_whileEntryIsPaused() public {
        _assignOne();
        _pause();
        _miss(MAX_MISSED + 1);
        deals.evict(deal, node1);
        vm.assertEq(deals.getDeal(deal).deal.workers, 0);
    }

    function _pause() private {
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        until = parameters.entryPausedUntil();
    }

    function _paused() private view returns (bytes memory) {
        return abi.encodeWithSelector(IDeals.DealsEntryPaused.selector, until);
    }
}
