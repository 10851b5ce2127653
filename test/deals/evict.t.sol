// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {DealsTest} from "./DealsTest.sol";

contract EvictTest is DealsTest {
    uint96 private constant SLASHED = (LOCK * SLASH_BPS) / 10_000;

    function test_evict_endsSlashesAndBars() public {
        _assignOne();
        _miss(MAX_MISSED + 1); // the present epoch doesn't count
        vm.expectEmit(address(deals));
        emit IDeals.WorkerEnded(deal, node1, IDeals.EndCause.Evicted, _epoch());
        vm.expectEmit(address(deals));
        emit IDeals.ProviderBarred(deal, provider1);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerSlashed(deal, node1, 1, SLASH_BPS, SLASHED);
        vm.prank(stranger);
        deals.evict(deal, node1);

        IDeals.Worker memory worker = deals.getWorker(deal, node1);
        vm.assertEq(worker.lastEpoch, _epoch());
        vm.assertEq(worker.slashedBps, SLASH_BPS);
        vm.assertEq(deals.getDeal(deal).deal.workers, 0);
        vm.assertTrue(deals.isBarred(deal, provider1));
        IStaking.Slash memory slash = staking.getSlash(1);
        vm.assertEq(slash.amount, SLASHED);
        vm.assertEq(slash.owner, developer);
        vm.assertEq(slash.reporter, stranger);
        vm.assertEq(staking.getStake(provider1).locked, LOCK - SLASHED);
        vm.assertEq(staking.getStake(provider1).free, 100 * STAKE_PER_UNIT - LOCK);
    }

    function test_evict_leavesTheRestOfTheLock_toTheProvider() public {
        _assignOne();
        _miss(MAX_MISSED + 1);
        deals.evict(deal, node1);
        _skipEpochs(1);
        deals.release(deal, node1);
        vm.assertEq(staking.getStake(provider1).locked, 0);
        vm.assertEq(staking.getStake(provider1).free, 100 * STAKE_PER_UNIT - SLASHED);
    }

    function test_evict_reverts_beforeEnoughMisses() public {
        _assignOne();
        _work(1);
        _miss(MAX_MISSED);
        vm.assertEq(deals.missedEpochs(deal, node1), MAX_MISSED - 1);
        _notEvictable(MAX_MISSED - 1);
        _miss(1);
        deals.evict(deal, node1);
    }

    function test_evict_reverts_whenTheNodeCameBack() public {
        _assignOne();
        _miss(MAX_MISSED + 1);
        _attend(node1);
        _skipEpochs(1);
        _notEvictable(0);
    }

    function test_evict_succeeds_whenTheNodeComesBackInThisEpoch() public {
        _assignOne();
        _miss(MAX_MISSED + 1);
        _attend(node1);
        deals.evict(deal, node1);
    }

    function test_evict_reverts_whenNobodyOfTheNetworkAttended() public {
        _assignOne();
        _skipEpochs(10);
        _notEvictable(0);
    }

    function test_evict_reverts_whenAMissedEpochWasNotFunded() public {
        _assignOne();
        _work(DEPOSIT / PRICE - 1); // one funded epoch is left
        _miss(2); // a funded and an unfunded one
        _miss(1);
        _notEvictable(0);
    }

    function test_evict_countsNothing_beforeTheFirstEpoch() public {
        _miss(MAX_MISSED + 1);
        _attend(node1);
        _assignOne();
        _miss(1);
        _notEvictable(0);
    }

    function test_evict_countsNothing_ofAnEarlierWorker() public {
        _assignOne();
        _miss(MAX_MISSED);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _miss(1);
        deals.release(deal, node1);
        _attend(node1);
        _assignOne();
        _miss(1);
        _notEvictable(0);
    }

    function test_evict_reverts_whenTheWorkerHasEnded() public {
        _assignOne();
        _miss(MAX_MISSED + 1);
        deals.evict(deal, node1);
        vm.expectPartialRevert(IDeals.DealsWorkerEnded.selector);
        deals.evict(deal, node1);
    }

    function test_evict_reverts_whenTheDealHasEnded() public {
        _assignOne();
        _miss(MAX_MISSED);
        vm.prank(developer);
        deals.stop(deal);
        _miss(1);
        vm.expectPartialRevert(IDeals.DealsWorkerEnded.selector);
        deals.evict(deal, node1);
    }

    function test_evict_slashesNothing_whenTheParameterIsZero() public {
        vm.prank(admin);
        parameters.setEvictionSlashBps(0);
        _assignOne();
        _miss(MAX_MISSED + 1);
        deals.evict(deal, node1);
        vm.assertEq(staking.getStake(provider1).locked, LOCK);
        vm.assertEq(staking.slashCount(), 0);
    }

    function test_evict_slashesTheOriginalLock_whenStakePerUnitRoseSince() public {
        _assignOne();
        vm.prank(admin);
        parameters.setStakePerUnit(10 * STAKE_PER_UNIT);
        _miss(MAX_MISSED + 1);
        deals.evict(deal, node1);
        vm.assertEq(staking.getStake(provider1).locked, LOCK - SLASHED);
    }

    function test_evict_countsMisses_acrossWordsOfTheBitmap() public {
        _skipEpochs(1024 - FIRST_EPOCH - 2);
        _attend(node1);
        _assignOne(); // in 1022: the misses are 1023 and 1024
        _miss(3);
        vm.assertEq(deals.missedEpochs(deal, node1), MAX_MISSED);
        deals.evict(deal, node1);
    }

    function test_evict_reverts_whenTheWorkerHasNotBegun() public {
        _assignOne();
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerNotStarted.selector, deal, node1, FIRST_EPOCH + 1));
        deals.evict(deal, node1);
    }

    function test_evict_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        deals.evict(deal, node1);
    }

    function test_evict_reverts_whenTheDealIsUnknown() public {
        deals.evict(_unknownDeal(), node1);
    }

    function _notEvictable(uint256 missed) private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNotEvictable.selector, deal, node1, missed, MAX_MISSED));
        deals.evict(deal, node1);
    }
}
