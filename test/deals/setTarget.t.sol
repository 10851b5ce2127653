// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract SetTargetTest is DealsTest {
    function test_setTarget_raises_andTheNextMatchTakesMore() public {
        _assignBoth();
        _topUp(MINIMUM);
        vm.expectEmit(address(deals));
        emit IDeals.TargetChanged(deal, 3);
        _setTarget(3, _none());
        vm.assertEq(deals.getDeal(deal).deal.targetWorkers, 3);
        _match(deal, _terms(2), _newNode(provider2, 10, ASK));
        vm.assertEq(deals.getDeal(deal).deal.workers, 3);
    }

    function test_setTarget_lowers_andTheNextMatchTakesFewer() public {
        _setTarget(1, _none());
        deals.matchDeal(deal, _terms(2), _candidates(_both()));
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
        NodeId third = _newNode(provider2, 10, ASK);
        IDeals.Terms memory terms = _terms(2);
        IDeals.Candidate[] memory candidates = _candidates(_list(third));
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTargetReached.selector, deal, 1));
        deals.matchDeal(deal, terms, candidates);
    }

    function test_setTarget_dismissesTheNamed() public {
        _assignBoth();
        _work(1);
        uint32 last = _epoch();
        vm.expectEmit(address(deals));
        emit IDeals.WorkerEnded(deal, node2, IDeals.EndCause.Dismissed, last);
        _setTarget(1, _list(node2));
        IDeals.Deal memory d = deals.getDeal(deal).deal;
        vm.assertEq(d.workers, 1);
        vm.assertEq(d.ratePerEpoch, PRICE);
        vm.assertEq(deals.getWorker(deal, node2).lastEpoch, last);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, 0);
    }

    function test_setTarget_dismissesSeveral_andStoresWhatIsLeft() public {
        _assignBoth();
        _work(1);
        _setTarget(1, _both());
        IDeals.Deal memory d = deals.getDeal(deal).deal;
        vm.assertEq(d.workers, 0);
        vm.assertEq(d.ratePerEpoch, 0);
        _match(deal, _terms(2), _newNode(provider2, 10, ASK));
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
    }

    /// @notice The present epoch is paid, whoever is dismissed in it: nothing of it comes back to the owner.
    function test_setTarget_doesNotEscapePayingTheEpoch() public {
        _assignBoth();
        _work(1);
        _attend(node2);
        _setTarget(1, _both());
        _skipEpochs(1);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - 2 * PRICE);
        vm.assertEq(deals.owed(deal, node1).pay, PRICE - FEE);
        vm.assertEq(deals.owed(deal, node2).pay, PRICE - FEE);
        _skipEpochs(3);
        vm.assertEq(deals.owed(deal, node2).pay, PRICE - FEE);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - 2 * PRICE);
    }

    /// @notice Epochs that nobody decided yet are charged at the rate that was in force in them.
    function test_setTarget_chargesWhatWentBefore() public {
        _assignBoth();
        _work(3);
        _setTarget(1, _list(node2));
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT - 3 * 2 * PRICE);
    }

    /// @notice A worker can't be spared its eviction by another than the deal's owner, nor can it come back in the same deal
    /// before it was settled: what it missed is refunded, its lock stays until the release.
    function test_setTarget_isNoWayAroundAnEviction() public {
        _assignOne();
        _work(1);
        _miss(MAX_MISSED + 1);
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(_unauthorized(owner1, developer));
        vm.prank(owner1);
        deals.setTarget(deal, terms, 1, _list(node1));

        deals.evict(deal, node1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerEnded.selector, deal, node1, _epoch()));
        vm.prank(developer);
        deals.setTarget(deal, terms, 1, _list(node1));
        vm.assertEq(deals.getWorker(deal, node1).slashedBps, SLASH_BPS);
        vm.assertTrue(deals.isBarred(deal, provider1));
    }

    function test_setTarget_keepsLockAndRefund_ofADismissedWorker() public {
        _assignOne();
        _miss(2);
        _setTarget(1, _list(node1));
        vm.assertEq(staking.getStake(provider1).locked, LOCK);
        _skipEpochs(1);
        deals.release(deal, node1);
        vm.assertEq(staking.getStake(provider1).locked, 0);
        vm.assertEq(deals.refunds(developer, address(token)), 2 * PRICE);
    }

    function test_setTarget_costsWhatTheTargetNeeds_asAtTheCreation() public {
        uint256 needed = uint256(MIN_FUNDED) * 3 * PRICE * 2;
        IDeals.Terms memory terms = _terms(2);
        _topUp(needed - DEPOSIT - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsBalanceTooSmall.selector, deal, needed - 1, needed));
        vm.prank(developer);
        deals.setTarget(deal, terms, 3, new NodeId[](0));
        _topUp(1);
        _setTarget(3, _none());
    }

    function test_setTarget_costsTheTips_ofWorkersStillToCome() public {
        IDeals.Terms memory terms = _tipTerms();
        deal = _createDeal(terms, MINIMUM + 2 * TIP);
        _match(deal, terms, node1);
        uint256 needed = uint256(MIN_FUNDED) * 4 * PRICE * 2 + 3 * TIP;
        _topUp(needed - (MINIMUM + TIP) - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsBalanceTooSmall.selector, deal, needed - 1, needed));
        vm.prank(developer);
        deals.setTarget(deal, terms, 4, new NodeId[](0));
        _topUp(1);
        vm.prank(developer);
        deals.setTarget(deal, terms, 4, new NodeId[](0));
    }

    function test_setTarget_needsOnlyTheEpochsThatRemain() public {
        IDeals.Terms memory terms = _terms(2);
        terms.endEpoch = FIRST_EPOCH + 4;
        DealId ending = _createDeal(terms, MINIMUM);
        _skipEpochs(3); // one epoch remains
        vm.startPrank(developer);
        deals.setTarget(ending, terms, 6, new NodeId[](0));
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsBalanceTooSmall.selector, ending, MINIMUM, 7 * PRICE * 2));
        deals.setTarget(ending, terms, 7, new NodeId[](0));
        vm.stopPrank();
    }

    function test_setTarget_needsNoBalance_toLower() public {
        _workUntilInsolvent();
        _setTarget(1, _none());
        vm.assertEq(deals.getDeal(deal).deal.targetWorkers, 1);
    }

    function test_setTarget_reverts_outsideTheTermsBounds() public {
        IDeals.Terms memory terms = _terms(2);
        terms.minWorkers = 2;
        terms.maxWorkers = 3;
        DealId bounded = _createDeal(terms, 10 * DEPOSIT);
        for (uint8 target = 1; target <= 4; target += 3) {
            vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTargetOutOfBounds.selector, bounded, target, 2, 3));
            vm.prank(developer);
            deals.setTarget(bounded, terms, target, new NodeId[](0));
        }
    }

    function test_setTarget_reverts_whenMoreWouldWork() public {
        _assignBoth();
        _work(1);
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkersAboveTarget.selector, deal, 2, 1));
        vm.prank(developer);
        deals.setTarget(deal, terms, 1, new NodeId[](0));
    }

    function test_setTarget_reverts_beforeTheFirstEpochOfTheDismissed() public {
        _assignBoth();
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerNotStarted.selector, deal, node1, FIRST_EPOCH + 1));
        vm.prank(developer);
        deals.setTarget(deal, terms, 1, _list(node1));
    }

    function test_setTarget_reverts_whenANodeIsNamedTwice() public {
        _assignBoth();
        _work(1);
        NodeId[] memory twice = _both();
        twice[1] = node1;
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerEnded.selector, deal, node1, _epoch()));
        vm.prank(developer);
        deals.setTarget(deal, terms, 1, twice);
    }

    function test_setTarget_reverts_whenTheDismissedDoesNotWork() public {
        _assignOne();
        _work(1);
        IDeals.Terms memory terms = _terms(2);
        _unknownWorker(node2);
        vm.prank(developer);
        deals.setTarget(deal, terms, 1, _list(node2));
    }

    function test_setTarget_reverts_withOtherTerms() public {
        IDeals.Terms memory terms = _terms(3);
        vm.expectPartialRevert(IDeals.DealsTermsMismatch.selector);
        vm.prank(developer);
        deals.setTarget(deal, terms, 2, new NodeId[](0));
    }

    function test_setTarget_reverts_inTheLastEpoch() public {
        vm.prank(developer);
        deals.stop(deal);
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsEnded.selector, deal, FIRST_EPOCH));
        vm.prank(developer);
        deals.setTarget(deal, terms, 1, new NodeId[](0));
    }

    function test_setTarget_reverts_whenTheCallerIsNotTheOwner() public {
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(_unauthorized(stranger, developer));
        vm.prank(stranger);
        deals.setTarget(deal, terms, 1, new NodeId[](0));
    }

    function test_setTarget_reverts_whenTheDealIsUnknown() public {
        IDeals.Terms memory terms = _terms(2);
        deals.setTarget(_unknownDeal(), terms, 1, new NodeId[](0));
    }

    /// @notice Whatever target and balance: it goes through exactly if the rules say so, and only the target changes.
    function testFuzz_setTarget_goesThroughExactlyWhenTheRulesSaySo(uint8 target, uint8 max, uint96 extra) public {
        max = uint8(_bound(max, 2, 32));
        target = uint8(_bound(target, 0, 40));
        uint256 deposit = MINIMUM + (extra % (32 * MINIMUM));
        IDeals.Terms memory terms = _terms(2);
        terms.maxWorkers = max;
        DealId made = _createDeal(terms, deposit);
        IDeals.Deal memory before = deals.getDeal(made).deal;
        bool expected = target >= 1 && target <= max;
        if (target > 2 && deposit < uint256(MIN_FUNDED) * target * UNITS * terms.priceLimit) expected = false;
        vm.prank(developer);
        (bool done, ) = address(deals).call(abi.encodeCall(deals.setTarget, (made, terms, target, new NodeId[](0))));
        vm.assertEq(done, expected);
        if (done) before.targetWorkers = target;
        vm.assertEq(abi.encode(deals.getDeal(made).deal), abi.encode(before));
    }

    function _setTarget(uint8 target, NodeId[] memory dismissed) private {
        IDeals.Terms memory terms = _terms(2);
        vm.prank(developer);
        deals.setTarget(deal, terms, target, dismissed);
    }

    function _topUp(uint256 amount) private {
        _fund(developer, amount);
        vm.prank(developer);
        deals.topUp(deal, amount);
    }

    function _none() private pure returns (NodeId[] memory) {
        return new NodeId[](0);
    }
}
