// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "../deals/DealsTest.sol";

/// @notice Attacks by developers that live on evictions: they get up to half of what a provider loses, so they must not be
/// able to cause one. test/staking/slashAttacks.t.sol has the nodes that are really away.
contract EvictionFarmingTest is DealsTest {
    /// The deal runs dry while the node stays away: nobody was paid to be there.
    function test_attack_anInsolventDeal_evictsNobody() public {
        _assignOne();
        _work(1);
        uint256 rest = deals.getDeal(deal).withdrawable;
        vm.prank(developer);
        deals.withdraw(deal, rest, developer);
        // MIN_FUNDED epochs are still covered, and the node attends those
        _work(MIN_FUNDED);
        _miss(MAX_MISSED + 1);
        vm.assertEq(uint8(deals.getDeal(deal).status), uint8(IDeals.Status.Insolvent));
        vm.assertEq(deals.missedEpochs(deal, node1), 0);
        _expectNotEvictable(0);
        deals.evict(deal, node1);
    }

    /// A miss that was paid for, then the money ends: the missed epochs are not in a row up to now.
    function test_attack_missesBeforeTheMoneyEnded_doNotCount() public {
        _assignOne();
        uint256 rest = deals.getDeal(deal).withdrawable;
        vm.prank(developer);
        deals.withdraw(deal, rest, developer);
        _work(MIN_FUNDED - 1);
        _miss(MAX_MISSED + 1); // one that is funded and one that is not, and the present one
        _expectNotEvictable(0);
        deals.evict(deal, node1);
        vm.assertEq(uint8(deals.getDeal(deal).status), uint8(IDeals.Status.Insolvent));
    }

    /// Topping up later does not fund the epochs that were not.
    function test_attack_fundingAfterwards_makesNoMiss() public {
        _assignOne();
        _work(DEPOSIT / PRICE);
        _miss(MAX_MISSED); // the last funded epoch is over, these are not
        _fund(developer, DEPOSIT);
        vm.prank(developer);
        deals.topUp(deal, DEPOSIT);
        _skipEpochs(1);
        _attend(node1);
        _expectNotEvictable(0);
        deals.evict(deal, node1);
    }

    /// While the sequencer is down nobody attends: no epoch of an outage counts, whoever calls first after it.
    function test_attack_anOutage_evictsNobody_whoeverIsFirstAfterIt() public {
        _fund(developer, 10 * DEPOSIT);
        vm.prank(developer);
        deals.topUp(deal, 10 * DEPOSIT);
        _assignBoth();
        _work(1);
        _attend(node2);
        _skipEpochs(20);
        _attend(node2); // the present epoch, which is not over
        vm.assertEq(deals.missedEpochs(deal, node1), 0);
        _expectNotEvictable(0);
        deals.evict(deal, node1);
        _skipEpochs(1);
        // now one epoch counts in which node2 was there and node1 was not: one is not enough
        _expectNotEvictable(1);
        deals.evict(deal, node1);
    }

    /// A node that goes offline is evicted once from each deal, at the parameter's share of each lock, and barred from it:
    /// all deals together never take more than that share of all that was locked.
    function testFuzz_attack_manyDealsOverOneNode_takeTheSameShareOfEach(uint8 count) public {
        count = uint8(_bound(count, 1, 5));
        DealId[] memory all = new DealId[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = _createDeal(_terms(2), DEPOSIT);
            _match(all[i], _terms(2), node1);
        }
        uint256 locked = staking.getStake(provider1).locked;
        _miss(MAX_MISSED + 1);
        for (uint256 i = 0; i < count; ++i) {
            vm.prank(developer);
            deals.evict(all[i], node1);
        }
        vm.assertEq(locked - staking.getStake(provider1).locked, (locked * SLASH_BPS) / 10_000);
        _attend(node1);
        IDeals.Terms memory terms = _terms(2);
        for (uint256 i = 0; i < count; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingMatched.selector, all[i]));
            deals.matchDeal(all[i], terms, _candidates(_list(node1)));
        }
    }

    /// A node that switched its offer off, or was not there lately, is put into no deal to be evicted from it.
    function test_attack_aNodeThatIsAway_isPutIntoNoDeal() public {
        _skipEpochs(2);
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingMatched.selector, deal));
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
        _attend(node1);
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ASK, false);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingMatched.selector, deal));
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
    }

    function _expectNotEvictable(uint256 missed) private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNotEvictable.selector, deal, node1, missed, MAX_MISSED));
    }
}
