// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {DealsTest} from "./DealsTest.sol";

contract SlashWorkerTest is DealsTest {
    address private slasher = _account("slasher");
    address private reporter = _account("reporter");

    function setUp() public override {
        super.setUp();
        vm.prank(admin);
        staking.addSlasher(slasher);
        _skipEpochs(6); // a thaw of 60 seconds
        _attend(node1);
        _assignOne();
    }

    function test_slashWorker_endsARunningWorkerAndTakesItsShare() public {
        _work(1);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerEnded(deal, node1, IDeals.EndCause.Slashed, _epoch());
        vm.expectEmit(address(deals));
        emit IDeals.WorkerSlashed(deal, node1, 1, 2_500, LOCK / 4);
        vm.assertEq(_slash(2_500), 1);
        IStaking.Slash memory slash = staking.getSlash(1);
        vm.assertEq(slash.amount, LOCK / 4);
        vm.assertEq(slash.owner, developer);
        vm.assertEq(slash.reporter, reporter);
        vm.assertEq(slash.vetoEndsAt, block.timestamp + VETO_WINDOW);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, _epoch());
        vm.assertEq(deals.getDeal(deal).deal.workers, 0);
        vm.assertFalse(deals.isBarred(deal, provider1));
        vm.assertEq(staking.getStake(provider1).locked, LOCK - LOCK / 4);
    }

    /// What the worker earned by then stays its own, and the rest of its lock.
    function test_slashWorker_leavesPayAndTheRestOfTheLock() public {
        _work(1);
        _slash(2_500);
        _skipEpochs(1);
        deals.release(deal, node1);
        vm.assertEq(deals.earnings(owner1, address(token)), PRICE - FEE);
        vm.assertEq(staking.getStake(provider1).locked, 0);
        vm.assertEq(staking.getStake(provider1).free, 100 * STAKE_PER_UNIT - LOCK / 4);
    }

    /// Invariant 7: however slashes are split and ordered, the sum is the same and at most the lock; other stake is safe.
    function testFuzz_slashWorker_dependsOnTheSumAlone(uint16[4] calldata parts, uint96 stakePerUnit) public {
        vm.prank(admin);
        parameters.setStakePerUnit(uint96(_bound(stakePerUnit, 1_000, 10_000_000) * 1e15));
        uint256 free = staking.freeStake(provider1) + LOCK;
        uint256 sum;
        uint256 taken;
        for (uint256 i = 0; i < parts.length; ++i) {
            uint16 bps = uint16(_bound(parts[i], 1, 4_000));
            if (sum == 10_000) {
                _expectNothing(10_000);
                _slash(bps);
                break;
            }
            taken += staking.getSlash(_slash(bps)).amount;
            sum = sum + bps > 10_000 ? 10_000 : sum + bps;
            vm.assertEq(deals.getWorker(deal, node1).slashedBps, sum);
        }
        vm.assertEq(taken, (LOCK * sum) / 10_000);
        vm.assertLe(taken, LOCK);
        _skipEpochs(2);
        deals.release(deal, node1);
        vm.assertEq(staking.freeStake(provider1), free - taken);
    }

    /// One that has just been assigned serves already; it never earned and never does.
    function test_slashWorker_takesFromAWorkerThatHasNotBegun() public {
        _slash(10_000);
        vm.assertEq(staking.getStake(provider1).locked, 0);
        _work(2);
        deals.release(deal, node1);
        vm.assertEq(deals.earnings(owner1, address(token)), 0);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT);
        vm.assertEq(registry.getNode(node1).unitsInUse, 0);
    }

    /// Whoever resigned, was dismissed or whose deal ended is held by its lock until it is released.
    function test_slashWorker_takesFromAWorkerThatHasEnded() public {
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _skipEpochs(3);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerSlashed(deal, node1, 1, 100, LOCK / 100);
        _slash(100);
        deals.release(deal, node1);
        _unknownWorker(node1);
        _slash(100);
    }

    function test_slashWorker_takesFromAWorkerWhoseDealHasEnded() public {
        _work(1);
        vm.prank(developer);
        deals.stop(deal);
        _skipEpochs(2);
        _slash(100);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, 0);
        deals.release(deal, node1);
        vm.assertEq(staking.freeStake(provider1), 100 * STAKE_PER_UNIT - LOCK / 100);
    }

    function test_slashWorker_addsToAnEviction() public {
        _work(1);
        _miss(MAX_MISSED + 1);
        deals.evict(deal, node1);
        _slash(900);
        vm.assertEq(deals.getWorker(deal, node1).slashedBps, 1_000);
        vm.assertEq(staking.getStake(provider1).locked, LOCK - LOCK / 10);
    }

    /// Nobody is kept from justice by a pause of entry.
    function test_slashWorker_works_whileEntryIsPaused() public {
        vm.prank(guardian);
        parameters.pauseEntry(14 days);
        _slash(1);
    }

    function test_slashWorker_reverts_whenNothingIsAskedFor() public {
        _expectNothing(0);
        _slash(0);
    }

    function test_slashWorker_reverts_whenCallerIsNoSlasher() public {
        address[4] memory callers = [developer, owner1, admin, guardian];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDeals.DealsSlasherUnauthorized.selector, callers[i]));
            vm.prank(callers[i]);
            deals.slashWorker(deal, node1, 1, reporter);
        }
    }

    function test_slashWorker_reverts_beforeTheSlasherCounts() public {
        address late = _account("late");
        vm.prank(admin);
        staking.addSlasher(late);
        _skip(59);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsSlasherUnauthorized.selector, late));
        vm.prank(late);
        deals.slashWorker(deal, node1, 1, reporter);
        _skip(1);
        vm.prank(late);
        deals.slashWorker(deal, node1, 1, reporter);
    }

    function test_slashWorker_reverts_whenTheSlasherWasRemoved() public {
        vm.prank(admin);
        staking.removeSlasher(slasher);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsSlasherUnauthorized.selector, slasher));
        _slash(1);
    }

    function test_slashWorker_reverts_whenTheDealIsUnknown() public {
        deal = _unknownDeal();
        _slash(1);
    }

    function test_slashWorker_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node2);
        vm.prank(slasher);
        deals.slashWorker(deal, node2, 1, reporter);
    }

    function _slash(uint16 bps) private returns (uint64) {
        vm.prank(slasher);
        return deals.slashWorker(deal, node1, bps, reporter);
    }

    function _expectNothing(uint16 slashedBps) private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingToSlash.selector, deal, node1, slashedBps));
    }
}
