// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "../deals/DealsTest.sol";
import {MoodyToken} from "../deals/HostileTokens.sol";
import {ChangingToken} from "./ChangingToken.sol";

/// @notice Attacks by a payment token that was honest when the deal began: it rebases, begins to charge, reverts, returns
/// false or blocks an address. Deals in other tokens lose nothing, and nobody is held in the one that suffers.
contract TokenLaterTest is DealsTest {
    uint256 internal constant EARNED = 2 * (PRICE - FEE);

    ChangingToken private changing;
    MoodyToken private moody;
    /// @dev In `changing` and in `moody`; node1 works for both, and for `deal` in `token`.
    DealId private inChanging;
    DealId private inMoody;

    function setUp() public override {
        super.setUp();
        (changing, moody) = (new ChangingToken(), new MoodyToken());
        changing.mint(developer, DEPOSIT);
        moody.mint(developer, DEPOSIT);
        inChanging = _dealIn(address(changing));
        inMoody = _dealIn(address(moody));
        _assignOne();
        _work(3);
    }

    /// Half of all balances are gone: whoever comes first is paid in full, and no deal in another token pays for it.
    function test_attack_aRebaseDown_hurtsOnlyDealsInThatToken() public {
        changing.rebase(1, 2);
        vm.prank(owner1);
        vm.assertEq(deals.claim(inChanging, node1, EVER, owner1), EARNED);
        uint256 left = changing.balanceOf(address(deals));
        vm.assertEq(left, DEPOSIT / 2 - EARNED);
        vm.prank(developer);
        vm.expectRevert();
        deals.withdraw(inChanging, left + 1, developer);
        vm.prank(developer);
        deals.withdraw(inChanging, left, developer);
        _assertOthersArePaid();
    }

    /// What a rebase adds belongs to nobody: amounts are what was booked, and nothing more leaves.
    function test_attack_aRebaseUp_isNobodysGain() public {
        changing.rebase(2, 1);
        uint256 charged = 3 * PRICE;
        _leave(inChanging, address(changing));
        vm.assertEq(changing.balanceOf(owner1), 3 * (PRICE - FEE));
        vm.assertEq(changing.balanceOf(developer), DEPOSIT - charged);
        vm.assertEq(changing.balanceOf(treasury), 3 * FEE);
        vm.assertEq(changing.balanceOf(address(deals)), DEPOSIT);
        _assertOthersArePaid();
    }

    /// A token that begins to charge: no deposit of it is taken any more, and what is owed is sent as booked.
    function test_attack_aTokenThatBeginsToCharge_hurtsItsRecipientsOnly() public {
        changing.charge(100);
        changing.mint(developer, 1000);
        vm.startPrank(developer);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeals.DealsTransferMismatch.selector,
                address(changing),
                uint256(1000),
                uint256(990)
            )
        );
        deals.topUp(inChanging, 1000);
        vm.stopPrank();
        vm.prank(owner1);
        vm.assertEq(deals.claim(inChanging, node1, EVER, owner1), EARNED);
        vm.assertEq(changing.balanceOf(owner1), EARNED - EARNED / 100);
        vm.assertEq(changing.balanceOf(address(deals)), DEPOSIT - EARNED);
        _assertOthersArePaid();
    }

    function test_attack_aTokenThatReverts_holdsNobody() public {
        _assertNobodyIsHeld(MoodyToken.Mood.Reverting, "");
    }

    function test_attack_aTokenThatReturnsFalse_holdsNobody() public {
        _assertNobodyIsHeld(
            MoodyToken.Mood.ReturningFalse,
            abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(moody))
        );
    }

    /// The payout address is blocked: it names another recipient.
    function test_attack_aTokenThatBlocksAnAddress_isPaidElsewhere() public {
        moody.turn(MoodyToken.Mood.Blocking, owner1);
        vm.startPrank(owner1);
        vm.expectRevert("blocked");
        deals.claim(inMoody, node1, EVER, owner1);
        vm.assertEq(deals.claim(inMoody, node1, EVER, stranger), EARNED);
        vm.stopPrank();
        vm.assertEq(moody.balanceOf(stranger), EARNED);
        _assertOthersArePaid();
    }

    /// @dev While transfers fail all can leave but for the money; when they work again all of it is there.
    function _assertNobodyIsHeld(MoodyToken.Mood mood, bytes memory reason) private {
        moody.turn(mood, address(0));
        if (reason.length == 0) vm.expectRevert();
        else vm.expectRevert(reason);
        vm.prank(owner1);
        deals.claim(inMoody, node1, EVER, owner1);
        vm.prank(developer);
        deals.stop(inMoody);
        _skipEpochs(1);
        deals.release(inMoody, node1);
        vm.assertEq(deals.earnings(owner1, address(moody)), 3 * (PRICE - FEE));
        vm.assertEq(deals.getWorker(inMoody, node1).firstEpoch, 0);
        _attend(node1);
        _assertOthersArePaid();
        moody.turn(MoodyToken.Mood.Honest, address(0));
        _pull(inMoody, address(moody));
        vm.assertEq(moody.balanceOf(owner1), 3 * (PRICE - FEE));
        vm.assertEq(moody.balanceOf(address(deals)), 0);
    }

    function _dealIn(address paymentToken) private returns (DealId created) {
        IDeals.Terms memory terms = _terms(2);
        terms.paymentToken = paymentToken;
        vm.startPrank(developer);
        ChangingToken(paymentToken).approve(address(deals), type(uint256).max);
        created = deals.createDeal(terms, DEPOSIT);
        vm.stopPrank();
        vm.prank(owner1);
        registry.setOffer(node1, paymentToken, ASK, true);
        _match(created, terms, node1);
    }

    /// @dev The worker has worked three epochs, and so has the one in `token`: everybody takes what is his.
    function _leave(DealId left, address paymentToken) private {
        vm.prank(developer);
        deals.stop(left);
        _skipEpochs(1);
        _attend(node1);
        deals.release(left, node1);
        _pull(left, paymentToken);
    }

    function _pull(DealId left, address paymentToken) private {
        vm.prank(owner1);
        deals.withdrawEarnings(paymentToken, owner1);
        uint256 rest = deals.getDeal(left).withdrawable;
        vm.prank(developer);
        deals.withdraw(left, rest, developer);
        deals.collectFees(paymentToken);
    }

    /// @dev The deal in the honest token goes on as if nothing were.
    function _assertOthersArePaid() private {
        uint256 owed = deals.owed(deal, node1).pay;
        vm.assertGe(owed, EARNED);
        uint256 before = token.balanceOf(owner1);
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        vm.assertEq(token.balanceOf(owner1) - before, owed);
        uint256 rest = deals.getDeal(deal).withdrawable;
        vm.prank(developer);
        deals.withdraw(deal, rest, developer);
    }
}
