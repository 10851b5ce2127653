// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract RequestPayoutChangeTest is RegistryTest {
    address internal second = _account("second payout");
    address internal third = _account("third payout");

    function _request(address next) internal {
        vm.prank(owner);
        registry.requestPayoutChange(provider, next);
    }

    function test_requestPayoutChange_isInForceAfterThawPeriod() public {
        vm.expectEmit(address(registry));
        emit IRegistry.PayoutChangeRequested(provider, second, GENESIS + THAW);
        _request(second);
        vm.warp(GENESIS + THAW - 1);
        vm.assertEq(registry.payoutOf(provider), payout);
        IRegistry.Provider memory seen = registry.getProvider(provider);
        vm.assertEq(seen.payout, payout);
        vm.assertEq(seen.pendingPayout, second);
        vm.assertEq(seen.payoutChangesAt, GENESIS + THAW);
        vm.warp(GENESIS + THAW);
        vm.assertEq(registry.payoutOf(provider), second);
        seen = registry.getProvider(provider);
        vm.assertEq(seen.payout, second);
        vm.assertEq(seen.pendingPayout, address(0));
        vm.assertEq(seen.payoutChangesAt, 0);
    }

    function test_requestPayoutChange_keepsItsDeadline_whenThawPeriodChanges() public {
        _request(second);
        vm.prank(admin);
        parameters.setThawPeriod(THAW * 2);
        vm.warp(GENESIS + THAW);
        vm.assertEq(registry.payoutOf(provider), second);
    }

    function test_requestPayoutChange_replacesAndRestarts_whenOneIsPending() public {
        _request(second);
        vm.warp(GENESIS + THAW - 1);
        _request(third);
        vm.warp(GENESIS + 2 * THAW - 2);
        vm.assertEq(registry.payoutOf(provider), payout);
        vm.warp(GENESIS + 2 * THAW - 1);
        vm.assertEq(registry.payoutOf(provider), third);
    }

    function test_requestPayoutChange_keepsTheDueOne_whenAskedAgain() public {
        _request(second);
        vm.warp(GENESIS + THAW);
        _request(third);
        vm.assertEq(registry.payoutOf(provider), second);
        vm.warp(GENESIS + 2 * THAW);
        vm.assertEq(registry.payoutOf(provider), third);
    }

    function test_requestPayoutChange_reverts_whenCallerIsNotOwner() public {
        _expectUnauthorized(payout, owner);
        vm.prank(payout);
        registry.requestPayoutChange(provider, second);
    }

    function test_requestPayoutChange_reverts_whenProviderIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryProviderUnknown.selector, 9));
        registry.requestPayoutChange(ProviderId.wrap(9), second);
    }

    function test_requestPayoutChange_reverts_whenPayoutIsZero() public {
        vm.expectRevert(IRegistry.RegistryZeroAddress.selector);
        _request(address(0));
    }
}
