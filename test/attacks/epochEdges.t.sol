// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {ChallengeTest} from "../deals/ChallengeTest.sol";
import {DealsTest} from "../deals/DealsTest.sol";

/// @notice Attacks with the second in which a call is made: an epoch has no moment that is better than another, and what
/// differs between its last second and the next epoch's first is what the protocol page says.
contract EpochEdgesTest is DealsTest {
    /// @dev Second `offset` of the epoch that is `ahead` of the present one.
    function _to(uint256 ahead, uint256 offset) private {
        vm.warp(deals.genesis() + (uint256(_epoch()) + ahead) * EPOCH_SECONDS + offset);
    }

    /// @dev A deal's whole life with every call at some second of its epoch. What everybody has at the end.
    function _life(uint256 seed) private returns (uint256[5] memory ends) {
        uint256 second = 0;
        _assignBoth();
        for (uint256 i = 0; i < 6; ++i) {
            second = (seed >> (8 * i)) % EPOCH_SECONDS;
            _to(1, second);
            _attend(node1);
            if (i < 2) _attend(node2);
            if (i == 2) {
                vm.prank(owner1);
                deals.claim(deal, node1, EVER, owner1);
            }
            if (i == 3) deals.settleWorker(deal, node2, EVER);
            if (i == 4) deals.evict(deal, node2);
            if (i == 5) {
                vm.prank(developer);
                deals.stop(deal);
            }
        }
        _to(1, (seed >> 48) % EPOCH_SECONDS);
        deals.release(deal, node1);
        deals.release(deal, node2);
        ends[0] = token.balanceOf(owner1) + deals.earnings(owner1, address(token));
        ends[1] = deals.earnings(owner2, address(token));
        ends[2] = deals.refunds(developer, address(token));
        ends[3] = deals.getDeal(deal).deal.balance;
        ends[4] = staking.getSlash(1).amount;
    }

    function testFuzz_attack_noSecondOfAnEpochIsBetter(uint64 seed) public {
        uint256 snapshot = vm.snapshotState();
        uint256[5] memory first = _life(0);
        vm.revertToState(snapshot);
        uint256[5] memory later = _life(seed);
        for (uint256 i = 0; i < 5; ++i) vm.assertEq(later[i], first[i]);
        vm.assertEq(first[0], 6 * (PRICE - FEE));
        vm.assertEq(first[1], 2 * (PRICE - FEE));
        vm.assertEq(first[2], 3 * PRICE);
        vm.assertEq(first[3], DEPOSIT - 11 * PRICE);
        vm.assertEq(first[4], LOCK / 100);
    }

    /// A match in the last second earns nothing for it, one a second later begins an epoch later.
    function test_attack_aMatchInTheLastSecond_earnsFromTheNextEpoch() public {
        _to(0, EPOCH_SECONDS - 1);
        _match(deal, _terms(2), node1);
        vm.assertEq(deals.getWorker(deal, node1).firstEpoch, FIRST_EPOCH + 1);
        _skip(1);
        _match(deal, _terms(2), node2);
        vm.assertEq(deals.getWorker(deal, node2).firstEpoch, FIRST_EPOCH + 2);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - PRICE);
    }

    /// Attending in the last second counts for the epoch; a second later it counts for the next one only.
    function test_attack_attendanceOfTheLastSecond_countsForTheEpoch() public {
        _assignBoth();
        _to(1, EPOCH_SECONDS - 1);
        _attend(node1);
        _skip(1);
        _attend(node2);
        vm.assertEq(deals.owed(deal, node1).pay, PRICE - FEE);
        vm.assertEq(deals.owed(deal, node2).pay, 0);
        vm.assertEq(deals.owed(deal, node2).refund, PRICE);
    }

    /// The present epoch is never paid, not in its last second either.
    function test_attack_claimInTheLastSecond_paysCompletedEpochsOnly() public {
        _assignOne();
        _work(1);
        _to(0, EPOCH_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingOwed.selector, owner1, address(token)));
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        _skip(1);
        vm.prank(owner1);
        vm.assertEq(deals.claim(deal, node1, EVER, owner1), PRICE - FEE);
    }

    /// A node that misses its last chance by a second can be evicted in that second.
    function test_attack_evictionBeginsWithTheEpochAfterTheMisses() public {
        _assignOne();
        _miss(MAX_MISSED);
        _to(0, EPOCH_SECONDS - 1);
        vm.expectPartialRevert(IDeals.DealsNotEvictable.selector);
        deals.evict(deal, node1);
        _skip(1);
        deals.evict(deal, node1);
    }

    function test_attack_noticeIsOverWithItsEpochsFirstSecond() public {
        _assignOne();
        _work(1);
        vm.prank(owner1);
        deals.resign(deal, node1);
        uint32 notice = deals.noticeEpoch(deal, node1);
        _to(NOTICE - 1, EPOCH_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNoticeNotOver.selector, deal, node1, notice));
        deals.endWorker(deal, node1);
        _skip(1);
        deals.endWorker(deal, node1);
    }

    /// In its last epoch a deal takes no worker and no money; a second before it does.
    function test_attack_theLastEpochBeginsWithItsFirstSecond() public {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = FIRST_EPOCH + MIN_FUNDED + 1;
        deal = _createDeal(terms, DEPOSIT);
        _to(MIN_FUNDED, EPOCH_SECONDS - 1);
        _attend(node1);
        _attend(node2);
        _match(deal, terms, node1);
        _skip(1);
        bytes memory ended = abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, terms.endEpoch);
        NodeId[] memory second = _list(node2);
        vm.expectRevert(ended);
        deals.matchDeal(deal, terms, _candidates(second));
        _fund(stranger, 1);
        vm.expectRevert(ended);
        vm.prank(stranger);
        deals.topUp(deal, 1);
    }
}

/// @notice The same of a challenge and its window.
contract ChallengeEdgesTest is ChallengeTest {
    function test_attack_aChallengeInTheWindowsLastSecond_comesInTime() public {
        for (uint256 i = 0; i < WINDOW; ++i) _nextEpoch();
        _skip(EPOCH_SECONDS - 1);
        _challenge(node1, cheap);
        vm.assertEq(deals.getWorker(deal, cheap).firstEpoch, WINDOW_END + 1);
    }

    function test_attack_aChallengeASecondLater_comesTooLate() public {
        for (uint256 i = 0; i < WINDOW; ++i) _nextEpoch();
        _skip(EPOCH_SECONDS);
        _attendEach();
        _refused(node1, cheap, abi.encodeWithSelector(IDeals.DealsChallengeOver.selector, deal, node1, WINDOW_END));
        deals.payTip(deal, node1);
        vm.assertEq(_earned(matcher), TIP);
    }

    /// An offer of the epoch of the match itself did not stand before it, one of a second earlier did.
    function test_attack_anOfferOfTheMatchsEpoch_isRefused() public {
        _setAsk(cheap, CHEAP + 1); // in the match's epoch
        _refused(node1, cheap, _changed(cheap, MATCH_EPOCH));
        _challenge(node1, middle); // changed in the last second of the epoch before at the latest
    }
}
