// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract CancelPayoutChangeTest is RegistryTest {
    address internal second = _account("second payout");

    function setUp() public override {
        super.setUp();
        vm.prank(owner);
        registry.requestPayoutChange(provider, second);
    }

    function _cancel(address caller) internal {
        vm.prank(caller);
        registry.cancelPayoutChange(provider);
    }

    function test_cancelPayoutChange_keepsTheOldAddress_whenPayoutCancels() public {
        vm.expectEmit(address(registry));
        emit IRegistry.PayoutChangeCancelled(provider, second);
        _cancel(payout);
        vm.warp(GENESIS + 2 * THAW);
        vm.assertEq(registry.payoutOf(provider), payout);
    }

    function test_cancelPayoutChange_keepsTheOldAddress_whenOwnerCancels() public {
        _cancel(owner);
        vm.warp(GENESIS + 2 * THAW);
        vm.assertEq(registry.payoutOf(provider), payout);
    }

    /// Attack: whoever has the owner's key asks for his own payout address again and again.
    function test_cancelPayoutChange_defeatsHijackOfPayout() public {
        address thief = _account("thief");
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(owner);
            registry.requestPayoutChange(provider, thief);
            _skip(THAW - 1);
            _cancel(payout);
            _skip(THAW);
            vm.assertEq(registry.payoutOf(provider), payout);
        }
    }

    /// Attack: the next payout address, or anybody, keeps others from cancelling or cancels himself.
    function test_cancelPayoutChange_reverts_whenCallerIsTheNextPayout() public {
        _expectUnauthorized(second, payout);
        _cancel(second);
    }

    function test_cancelPayoutChange_reverts_whenDue() public {
        vm.warp(GENESIS + THAW);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryNoPayoutChange.selector, provider));
        _cancel(owner);
    }

    function test_cancelPayoutChange_refusesTheFormerPayout_whenDue() public {
        vm.warp(GENESIS + THAW);
        _expectUnauthorized(payout, second);
        _cancel(payout);
    }

    function test_cancelPayoutChange_reverts_whenNoneIsPending() public {
        _cancel(owner);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryNoPayoutChange.selector, provider));
        _cancel(owner);
    }

    function test_cancelPayoutChange_reverts_whenProviderIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryProviderUnknown.selector, 9));
        registry.cancelPayoutChange(ProviderId.wrap(9));
    }
}
