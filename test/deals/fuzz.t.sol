// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {PermitTest} from "./PermitTest.sol";

/// @notice For each function of Deals that has no fuzz test beside its others: any amount, epoch or caller.
contract DealsFuzzTest is PermitTest {
    // ---- money in and out ----

    function testFuzz_createDeal_takesTheMinimumAndMore(uint256 deposit) public {
        deposit = _bound(deposit, 0, 3 * MINIMUM);
        _fund(developer, deposit);
        if (deposit < MINIMUM) vm.expectPartialRevert(IDeals.DealsDepositTooSmall.selector);
        vm.prank(developer);
        DealId created = deals.createDeal(_terms(2), deposit);
        if (deposit >= MINIMUM) vm.assertEq(deals.getDeal(created).deal.balance, deposit);
    }

    function testFuzz_createDealWithPermit_takesExactlyTheDeposit(uint256 deposit) public {
        deposit = _bound(deposit, MINIMUM, DEPOSIT);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(deposit);
        vm.prank(payer);
        DealId created = deals.createDealWithPermit(_terms(2), deposit, DEADLINE, v, r, s);
        vm.assertEq(deals.getDeal(created).deal.balance, deposit);
        vm.assertEq(token.balanceOf(payer), DEPOSIT - deposit);
    }

    function testFuzz_createDealAndMatchWithPermit_takesExactlyTheDeposit(uint256 deposit) public {
        deposit = _bound(deposit, MINIMUM, DEPOSIT);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(deposit);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.prank(payer);
        (DealId created, bool matched) = deals.createDealAndMatchWithPermit(
            _terms(2),
            deposit,
            candidates,
            DEADLINE,
            v,
            r,
            s
        );
        vm.assertTrue(matched);
        vm.assertEq(deals.getDeal(created).deal.balance, deposit);
        vm.assertEq(deals.getDeal(created).deal.workers, 2);
    }

    function testFuzz_topUp_addsExactlyTheAmount(uint256 amount, address from) public {
        vm.assume(from != address(0) && from != address(deals));
        amount = _bound(amount, 1, 1e15);
        uint256 before = token.balanceOf(from);
        _fund(from, amount);
        vm.prank(from);
        deals.topUp(deal, amount);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + amount);
        vm.assertEq(token.balanceOf(from), before);
    }

    function testFuzz_withdraw_leavesWhatIsNeeded(uint256 amount) public {
        _assignOne();
        amount = _bound(amount, 1, 2 * DEPOSIT);
        uint256 most = DEPOSIT - uint256(MIN_FUNDED) * PRICE;
        bytes memory tooLarge = abi.encodeWithSelector(IDeals.DealsWithdrawTooLarge.selector, deal, amount, most);
        if (amount > most) vm.expectRevert(tooLarge);
        vm.prank(developer);
        deals.withdraw(deal, amount, developer);
        vm.assertEq(token.balanceOf(developer), amount > most ? 0 : amount);
    }

    // ---- pay ----

    function testFuzz_claim_paysUpToTheGivenEpoch(uint256 worked, uint32 upTo) public {
        uint256 paid = _workSome(worked, upTo);
        if (paid == 0) vm.expectPartialRevert(IDeals.DealsNothingOwed.selector);
        vm.prank(owner1);
        uint256 pay = deals.claim(deal, node1, upTo, owner1);
        vm.assertEq(pay, paid * (PRICE - FEE));
        vm.assertEq(token.balanceOf(owner1), pay);
    }

    function testFuzz_settleWorker_creditsUpToTheGivenEpoch(uint256 worked, uint32 upTo, address anyone) public {
        uint256 paid = _workSome(worked, upTo);
        if (paid == 0) vm.expectPartialRevert(IDeals.DealsNothingOwed.selector);
        vm.prank(anyone);
        uint256 pay = deals.settleWorker(deal, node1, upTo);
        vm.assertEq(pay, paid * (PRICE - FEE));
        vm.assertEq(deals.earnings(owner1, address(token)), pay);
    }

    /// @dev Up to ten completed epochs. How many of them `upTo` leaves.
    function _workSome(uint256 worked, uint32 upTo) private returns (uint256) {
        worked = _bound(worked, 1, 10);
        _assignOne();
        _work(worked + 1);
        if (upTo <= FIRST_EPOCH) return 0;
        return upTo - FIRST_EPOCH < worked ? upTo - FIRST_EPOCH : worked;
    }

    /// What was charged goes to the three accounts, and each is emptied once, by whom it belongs to.
    function testFuzz_withdrawEarnings_withdrawRefund_collectFees(uint256 there, uint256 away, address other) public {
        vm.assume(other != owner1 && other != developer);
        (there, away) = (_bound(there, 1, 5), _bound(away, 1, 5));
        _assignOne();
        _work(there);
        _miss(away);
        _skipEpochs(1);
        deals.settleWorker(deal, node1, EVER);
        vm.startPrank(other);
        vm.expectPartialRevert(IDeals.DealsNothingOwed.selector);
        deals.withdrawEarnings(address(token), owner1);
        vm.expectPartialRevert(IDeals.DealsNothingOwed.selector);
        deals.withdrawRefund(address(token), owner1);
        vm.assertEq(deals.collectFees(address(token)), there * FEE);
        vm.stopPrank();
        vm.prank(owner1);
        vm.assertEq(deals.withdrawEarnings(address(token), owner1), there * (PRICE - FEE));
        vm.prank(developer);
        vm.assertEq(deals.withdrawRefund(address(token), developer), away * PRICE);
        vm.assertEq(token.balanceOf(treasury), there * FEE);
        vm.expectPartialRevert(IDeals.DealsNothingOwed.selector);
        deals.collectFees(address(token));
    }

    // ---- matching, leaving ----

    function testFuzz_matchDeal_takesTheAskThatBothAllow(uint80 ask, uint80 maxAsk) public {
        ask = uint80(_bound(ask, 0, 3 * ASK));
        maxAsk = uint80(_bound(maxAsk, 0, 3 * ASK));
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ask, true);
        IDeals.Candidate[] memory candidates = _candidates(_list(node1));
        candidates[0].maxAsk = maxAsk;
        bool fits = ask <= maxAsk && 1 <= ask && ask <= 2 * ASK;
        IDeals.Terms memory terms = _terms(2);
        if (!fits) vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingMatched.selector, deal));
        deals.matchDeal(deal, terms, candidates);
        vm.assertEq(deals.getWorker(deal, node1).pricePerUnitEpoch, fits ? ask : 0);
        vm.assertEq(deals.getDeal(deal).deal.ratePerEpoch, fits ? uint256(ask) * UNITS : 0);
    }

    function testFuzz_evict_needsEnoughMisses(uint256 missed, address anyone) public {
        missed = _bound(missed, 0, 6);
        _assignOne();
        _work(1);
        _miss(missed);
        _skipEpochs(1);
        if (missed < MAX_MISSED) vm.expectPartialRevert(IDeals.DealsNotEvictable.selector);
        vm.prank(anyone);
        deals.evict(deal, node1);
        vm.assertEq(deals.isBarred(deal, provider1), missed >= MAX_MISSED);
        vm.assertEq(staking.getSlash(1).amount, missed < MAX_MISSED ? 0 : LOCK / 100);
    }

    function testFuzz_resign_endWorker_afterTheNotice(uint256 waited, address anyone) public {
        vm.assume(anyone != owner1);
        waited = _bound(waited, 0, 6);
        _assignOne();
        _work(1);
        vm.expectRevert(_unauthorized(anyone, owner1));
        vm.prank(anyone);
        deals.resign(deal, node1);
        vm.prank(owner1);
        deals.resign(deal, node1);
        _work(waited);
        if (waited < NOTICE) vm.expectPartialRevert(IDeals.DealsNoticeNotOver.selector);
        vm.prank(anyone);
        deals.endWorker(deal, node1);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, waited < NOTICE ? 0 : _epoch());
    }

    /// The owner's calls are the owner's alone.
    function testFuzz_stop_dismiss_bar_unbar_byTheOwnerAlone(address other) public {
        vm.assume(other != developer && other != address(0)); // as a recipient it is refused before its right
        _assignOne();
        _work(1);
        vm.startPrank(other);
        vm.expectRevert(_unauthorized(other, developer));
        deals.stop(deal);
        vm.expectRevert(_unauthorized(other, developer));
        deals.dismiss(deal, node1);
        vm.expectRevert(_unauthorized(other, developer));
        deals.bar(deal, provider1);
        vm.expectRevert(_unauthorized(other, developer));
        deals.unbar(deal, provider1);
        vm.expectRevert(_unauthorized(other, developer));
        deals.withdraw(deal, 1, other);
        vm.stopPrank();
    }

    function testFuzz_setModule_byTheOwnerAlone(address other, bytes32 digest) public {
        vm.assume(other != developer && digest != 0);
        vm.prank(other);
        vm.expectRevert();
        modules.setModule(deal, digest, 0);
        vm.prank(developer);
        vm.assertEq(modules.setModule(deal, digest, 0), 1);
    }
}
