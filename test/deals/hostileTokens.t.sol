// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";
import {FalseToken, FeeToken, HookToken, Puppet, SilentToken} from "./HostileTokens.sol";

/// @notice Attacks by payment tokens and through them.
contract HostileTokensTest is DealsTest {
    function test_createDeal_reverts_whenTheTokenChargesForTransfers() public {
        FeeToken charging = new FeeToken();
        charging.mint(developer, DEPOSIT);
        vm.startPrank(developer);
        charging.approve(address(deals), DEPOSIT);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeals.DealsTransferMismatch.selector,
                address(charging),
                DEPOSIT,
                DEPOSIT - DEPOSIT / 100
            )
        );
        deals.createDeal(_termsIn(address(charging)), DEPOSIT);
        vm.stopPrank();
        vm.assertEq(deals.dealCount(), 1);
    }

    function test_createDeal_reverts_whenTheTokenReturnsFalse() public {
        FalseToken lying = new FalseToken();
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(lying)));
        vm.prank(developer);
        deals.createDeal(_termsIn(address(lying)), DEPOSIT);
    }

    function test_createDeal_reverts_whenTheTokenIsNoContract() public {
        vm.expectRevert();
        vm.prank(developer);
        deals.createDeal(_termsIn(stranger), DEPOSIT);
    }

    function test_createDeal_succeeds_whenTheTokenReturnsNothing() public {
        SilentToken silent = new SilentToken();
        silent.mint(developer, DEPOSIT);
        vm.startPrank(developer);
        silent.approve(address(deals), DEPOSIT);
        DealId created = deals.createDeal(_termsIn(address(silent)), DEPOSIT);
        deals.withdraw(created, DEPOSIT, developer);
        vm.stopPrank();
        vm.assertEq(silent.balanceOf(developer), DEPOSIT);
    }

    /// @notice A deposit's hook cannot take out what is booked and has not arrived.
    function test_topUp_cannotBeReentered_byWithdraw() public {
        (HookToken hooked, Puppet puppet, DealId own) = _hookedDeal();
        hooked.mint(address(puppet), 100);
        hooked.arm(
            address(puppet),
            abi.encodeCall(
                puppet.run,
                (address(deals), abi.encodeCall(deals.withdraw, (own, DEPOSIT + 100, address(puppet))))
            )
        );
        puppet.run(address(deals), abi.encodeCall(deals.topUp, (own, 100)));
        _expectGuard(hooked);
        vm.assertEq(hooked.balanceOf(address(deals)), 2 * DEPOSIT + 100);
    }

    /// @notice A deposit inside a deposit would be counted twice if balances were all that is looked at.
    function test_createDeal_cannotBeReentered_byTopUp() public {
        (HookToken hooked, Puppet puppet, DealId own) = _hookedDeal();
        hooked.mint(address(puppet), 2 * DEPOSIT);
        hooked.arm(
            address(puppet),
            abi.encodeCall(puppet.run, (address(deals), abi.encodeCall(deals.topUp, (own, DEPOSIT))))
        );
        puppet.run(address(deals), abi.encodeCall(deals.createDeal, (_termsIn(address(hooked)), DEPOSIT)));
        _expectGuard(hooked);
        vm.assertEq(hooked.balanceOf(address(deals)), 3 * DEPOSIT);
    }

    /// @notice A payout's hook can neither claim again nor take anything else out.
    function test_claim_cannotBeReentered() public {
        (HookToken hooked, Puppet puppet, DealId own) = _hookedDeal();
        vm.prank(owner1);
        registry.setOffer(node1, address(hooked), ASK, true);
        vm.prank(owner1);
        registry.requestPayoutChange(provider1, address(puppet));
        _match(own, _termsIn(address(hooked)), node1);
        _work(7); // the payout change is due
        bytes memory again = abi.encodeCall(deals.claim, (own, node1, EVER, address(puppet)));
        hooked.arm(address(puppet), abi.encodeCall(puppet.run, (address(deals), again)));
        puppet.run(address(deals), again);
        _expectGuard(hooked);
        vm.assertEq(hooked.balanceOf(address(puppet)), 6 * (PRICE - FEE));
    }

    /// @notice Calls that move no token may be made from a hook: the books are in order by then.
    function test_withdraw_allowsHarmlessCalls_fromItsHook() public {
        (HookToken hooked, Puppet puppet, DealId own) = _hookedDeal();
        hooked.arm(address(puppet), abi.encodeCall(puppet.run, (address(deals), abi.encodeCall(deals.stop, (own)))));
        puppet.run(address(deals), abi.encodeCall(deals.withdraw, (own, DEPOSIT, address(puppet))));
        vm.assertTrue(hooked.hookSucceeded());
        vm.assertEq(hooked.balanceOf(address(puppet)), DEPOSIT);
        vm.assertEq(deals.getDeal(own).deal.balance, 0);
    }

    function _expectGuard(HookToken hooked) private view {
        vm.assertFalse(hooked.hookSucceeded());
        vm.assertEq(
            bytes32(hooked.hookResult()),
            bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    /// @dev A deal of a puppet in a token with hooks, and one of somebody else that could be robbed.
    function _hookedDeal() private returns (HookToken hooked, Puppet puppet, DealId own) {
        hooked = new HookToken();
        puppet = new Puppet();
        hooked.mint(developer, DEPOSIT);
        vm.startPrank(developer);
        hooked.approve(address(deals), DEPOSIT);
        deals.createDeal(_termsIn(address(hooked)), DEPOSIT);
        vm.stopPrank();
        hooked.mint(address(puppet), DEPOSIT);
        puppet.run(address(hooked), abi.encodeCall(hooked.approve, (address(deals), type(uint256).max)));
        own = abi.decode(
            puppet.run(address(deals), abi.encodeCall(deals.createDeal, (_termsIn(address(hooked)), DEPOSIT))),
            (DealId)
        );
    }

    function _termsIn(address paymentToken) private view returns (IDeals.Terms memory terms) {
        terms = _terms(2);
        terms.paymentToken = paymentToken;
    }
}
