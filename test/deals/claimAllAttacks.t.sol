// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";
import {HookToken, MoodyToken, Puppet, RefusingHookToken} from "./HostileTokens.sol";

/// @notice Attacks on a batch of claims: by one of its tokens, through it, and with the gas it gets.
contract ClaimAllAttacksTest is DealsTest {
    uint256 private constant EARNED = PRICE - FEE;

    MoodyToken private moody;
    DealId private moodyDeal;

    function setUp() public override {
        super.setUp();
        moody = new MoodyToken();
        moody.mint(developer, DEPOSIT);
        moodyDeal = _dealIn(address(moody));
        _assignOne();
        _work(2);
    }

    function test_claimAll_survives_aTokenThatReverts() public {
        _claimsTheOther(MoodyToken.Mood.Reverting);
    }

    function test_claimAll_survives_aTokenThatReturnsFalse() public {
        _claimsTheOther(MoodyToken.Mood.ReturningFalse);
    }

    function test_claimAll_survives_aTokenThatReturnsSomethingElse() public {
        _claimsTheOther(MoodyToken.Mood.ReturningTwo);
    }

    function test_claimAll_survives_aTokenThatBlocksTheRecipient() public {
        _claimsTheOther(MoodyToken.Mood.Blocking);
        vm.prank(owner1);
        deals.withdrawEarnings(address(moody), owner1);
        vm.assertEq(moody.balanceOf(owner1), EARNED, "to another address");
    }

    function test_claimAll_survives_aTokenThatReturnsMuch() public {
        _claimsTheOther(MoodyToken.Mood.ReturningMuch);
    }

    /// @notice It gets 200,000 and no more, so a batch costs what it costs.
    function test_claimAll_survives_aTokenThatBurnsAllGas() public {
        _claimsTheOther(MoodyToken.Mood.BurningGas);
        vm.assertLe(vm.lastCallGas().gasTotalUsed, 600_000);
    }

    function test_claimAll_survives_aTokenThatIsGone() public {
        vm.etch(address(moody), "");
        _claimBoth();
    }

    /// @notice A payout's hook cannot claim again, take out what is under way, or withdraw it.
    function test_claimAll_cannotBeReentered() public {
        HookToken hooked = new HookToken();
        Puppet puppet = new Puppet();
        hooked.mint(developer, DEPOSIT);
        DealId own = _dealIn(address(hooked));
        vm.prank(owner1);
        registry.requestPayoutChange(provider1, address(puppet));
        _work(7); // the payout change is due
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](1);
        items[0] = IDeals.ClaimItem(own, node1);
        bytes memory again = abi.encodeCall(deals.claimAll, (items, EVER, address(puppet)));
        bytes[3] memory attempts = [
            again,
            abi.encodeCall(deals.claim, (own, node1, EVER, address(puppet))),
            abi.encodeCall(deals.withdrawEarnings, (address(hooked), address(puppet)))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 before = hooked.balanceOf(address(puppet));
            hooked.arm(address(puppet), abi.encodeCall(puppet.run, (address(deals), attempts[i])));
            puppet.run(address(deals), again);
            vm.assertFalse(hooked.hookSucceeded());
            vm.assertEq(
                bytes32(hooked.hookResult()),
                bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            );
            vm.assertEq(hooked.balanceOf(address(puppet)) - before, (i == 0 ? 6 : 1) * EARNED);
            _work(1);
        }
    }

    /// @notice What a hook settles while the token refuses is added to, not overwritten.
    function test_claimAll_addsToWhatAHookCredits() public {
        RefusingHookToken hooked = new RefusingHookToken();
        hooked.mint(developer, 2 * DEPOSIT);
        DealId first = _dealIn(address(hooked));
        DealId second = _dealIn(address(hooked));
        _work(2);
        hooked.arm(address(deals), abi.encodeCall(deals.settleWorker, (second, node1, EVER)));
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](1);
        items[0] = IDeals.ClaimItem(first, node1);
        vm.prank(owner1);
        deals.claimAll(items, EVER, owner1);
        vm.assertTrue(hooked.hookSucceeded());
        vm.assertEq(deals.earnings(owner1, address(hooked)), 2 * EARNED);
    }

    /// @notice Whatever gas it gets: it ends early, nothing is half done, and the rest can be sent again.
    function testFuzz_claimAll_endsEarly_withLittleGas(uint32 gasGiven) public {
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](6);
        for (uint256 i = 0; i < 6; ++i) {
            items[i].deal = _createDeal(_terms(2), DEPOSIT);
            items[i].node = node1;
            if (i % 2 == 0) _match(items[i].deal, _terms(2), node1); // the others are skipped
        }
        _work(2);
        uint256 given = _bound(gasGiven, 100_000, 1_500_000);
        vm.prank(owner1);
        (bool done, bytes memory result) = address(deals).call{gas: given}(
            abi.encodeCall(deals.claimAll, (items, EVER, owner1))
        );
        uint256 looked = done ? abi.decode(result, (uint256)) : 0;
        uint256 paid = (looked + 1) / 2;
        vm.assertEq(token.balanceOf(owner1), paid * EARNED, "what was looked at is paid");
        vm.assertEq(deals.earnings(owner1, address(token)), 0);
        for (uint256 i = 0; i < 6; i += 2) {
            uint32 settled = deals.getWorker(items[i].deal, node1).settledEpoch;
            vm.assertEq(settled, i < looked ? _epoch() - 1 : _epoch() - 2);
        }
        vm.prank(owner1);
        deals.claimAll(items, EVER, owner1);
        vm.assertEq(token.balanceOf(owner1), 3 * EARNED);
    }

    /// @notice A worker of many years is left for a call with more gas; it does not take those before it down with it.
    function test_claimAll_leavesWhatTakesMoreGasThanThereIs() public {
        uint256 epochs = 400 * 256;
        DealId long = _createDeal(_terms(2), (epochs + 1) * PRICE);
        _match(long, _terms(2), node1);
        _skipEpochs(epochs);
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](2);
        items[0] = IDeals.ClaimItem(long, node2); // no worker, skipped
        items[1] = IDeals.ClaimItem(long, node1);
        vm.startPrank(owner1);
        vm.assertEq(deals.claimAll{gas: 1_500_000}(items, EVER, owner1), 1);
        vm.assertEq(deals.getWorker(long, node1).settledEpoch, FIRST_EPOCH + 2);
        vm.assertEq(deals.claimAll{gas: 6_000_000}(items, EVER, owner1), 2);
        vm.stopPrank();
        vm.assertEq(deals.refunds(developer, address(token)), (epochs - 1) * PRICE, "it was never there");
    }

    function _claimsTheOther(MoodyToken.Mood mood) private {
        moody.turn(mood, stranger);
        _claimBoth();
        vm.assertEq(moody.balanceOf(address(deals)), DEPOSIT, "nothing left");
    }

    /// @dev The moody token fails: its part stays in the account. The deal in the good one is paid.
    function _claimBoth() private {
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](2);
        items[0] = IDeals.ClaimItem(moodyDeal, node1);
        items[1] = IDeals.ClaimItem(deal, node1);
        vm.expectEmit(address(deals));
        emit IDeals.EarningsKept(owner1, address(moody), stranger, EARNED);
        vm.prank(owner1);
        vm.assertEq(deals.claimAll(items, EVER, stranger), 2);
        vm.assertEq(token.balanceOf(stranger), EARNED);
        vm.assertEq(deals.earnings(owner1, address(moody)), EARNED);
        vm.assertEq(deals.earnings(owner1, address(token)), 0);
    }

    /// @dev A deal of the developer that node1 works for; whoever minted gave it the deposit.
    function _dealIn(address paymentToken) private returns (DealId made) {
        vm.prank(owner1);
        registry.setOffer(node1, paymentToken, ASK, true);
        IDeals.Terms memory terms = _terms(2);
        terms.paymentToken = paymentToken;
        vm.startPrank(developer);
        MoodyToken(paymentToken).approve(address(deals), type(uint256).max);
        made = deals.createDeal(terms, DEPOSIT);
        vm.stopPrank();
        _match(made, terms, node1);
    }
}
