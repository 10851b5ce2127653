// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";
import {HookToken} from "./HostileTokens.sol";

contract PayTipTest is DealsTest {
    function test_payTip_creditsTheMatcher_onceTheWindowIsOver() public {
        _matchForATip();
        _work(WINDOW);
        _held();
        _work(1);
        uint256 before = token.balanceOf(address(deals));
        vm.expectEmit(address(deals));
        emit IDeals.TipPaid(deal, node1, stranger, TIP, address(0), 0);
        deals.payTip(deal, node1);
        vm.assertEq(deals.earnings(stranger, address(token)), TIP);
        vm.assertEq(deals.getTip(deal, node1).matcher, address(0));
        vm.assertEq(token.balanceOf(address(deals)), before);
        vm.prank(stranger);
        vm.assertEq(deals.withdrawEarnings(address(token), stranger), TIP);
    }

    function test_payTip_paysAtOnce_whenTheWorkerEnded() public {
        _matchForATip();
        _work(1);
        _held();
        vm.prank(developer);
        deals.dismiss(deal, node1);
        deals.payTip(deal, node1);
        vm.assertEq(deals.earnings(stranger, address(token)), TIP);
        // the release finds nothing to pay any more
        _skipEpochs(1);
        deals.release(deal, node1);
        vm.assertEq(deals.earnings(stranger, address(token)), TIP);
    }

    /// @notice A parameter that changes later moves no window that is open.
    function test_payTip_keepsTheWindowOfTheMatch() public {
        _matchForATip();
        vm.prank(admin);
        parameters.setMatchChallengeWindow(24);
        _work(WINDOW);
        _held();
        _work(1);
        deals.payTip(deal, node1);
    }

    /// @notice Nothing is sent, so a token that calls back or refuses can't matter.
    function test_payTip_asksNothingOfTheToken() public {
        HookToken hook = new HookToken();
        hook.mint(developer, DEPOSIT + 2 * TIP);
        IDeals.Terms memory terms = _tipTerms();
        terms.paymentToken = address(hook);
        vm.startPrank(developer);
        hook.approve(address(deals), type(uint256).max);
        deal = deals.createDeal(terms, DEPOSIT + 2 * TIP);
        vm.stopPrank();
        vm.prank(owner1);
        registry.setOffer(node1, address(hook), ASK, true);
        vm.prank(stranger);
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
        _work(WINDOW + 1);
        hook.arm(address(deals), abi.encodeCall(deals.payTip, (deal, node1)));
        deals.payTip(deal, node1);
        vm.assertFalse(hook.hookSucceeded());
        vm.assertEq(hook.hookResult().length, 0); // not even called
        vm.assertEq(deals.earnings(stranger, address(hook)), TIP);
        // the tip can't be had a second time from within its own transfer
        vm.prank(stranger);
        deals.withdrawEarnings(address(hook), stranger);
        vm.assertEq(hook.balanceOf(stranger), TIP);
        vm.assertEq(hook.hookResult(), abi.encodeWithSelector(IDeals.DealsNoTip.selector, deal, node1));
    }

    function testFuzz_payTip_paysWhatWasHeld(uint80 tip, uint8 window, uint8 wait) public {
        window = uint8(_bound(window, 1, 24));
        wait = uint8(_bound(wait, 0, 30));
        vm.prank(admin);
        parameters.setMatchChallengeWindow(window);
        IDeals.Terms memory terms = _terms(2);
        terms.tipPerWorker = uint80(_bound(tip, 1, type(uint80).max));
        deal = _createDeal(terms, 40 * DEPOSIT + 2 * uint256(terms.tipPerWorker));
        vm.prank(stranger);
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
        _work(wait);
        (bool paid, ) = address(deals).call(abi.encodeCall(deals.payTip, (deal, node1)));
        vm.assertEq(paid, wait > window);
        vm.assertEq(deals.earnings(stranger, address(token)), paid ? terms.tipPerWorker : 0);
    }

    function test_payTip_reverts_whenNoTipIsHeld() public {
        _assignOne();
        _work(WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNoTip.selector, deal, node1));
        deals.payTip(deal, node1);
    }

    function test_payTip_reverts_whenCalledTwice() public {
        _matchForATip();
        _work(WINDOW + 1);
        deals.payTip(deal, node1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNoTip.selector, deal, node1));
        deals.payTip(deal, node1);
    }

    function test_payTip_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        deals.payTip(deal, node1);
        DealId unknown = DealId.wrap(99);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerUnknown.selector, unknown, node1));
        deals.payTip(unknown, node1);
    }

    function _matchForATip() private {
        deal = _createDeal(_tipTerms(), DEPOSIT + 2 * TIP);
        vm.prank(stranger);
        deals.matchDeal(deal, _tipTerms(), _candidates(_list(node1)));
    }

    function _held() private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTipHeld.selector, deal, node1, FIRST_EPOCH + WINDOW));
        deals.payTip(deal, node1);
    }
}
