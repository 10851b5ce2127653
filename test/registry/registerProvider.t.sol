// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract RegisterProviderTest is RegistryTest {
    function test_registerProvider_givesNextIdAndEmits() public {
        vm.expectEmit(address(registry));
        emit IRegistry.ProviderRegistered(ProviderId.wrap(2), stranger, payout, bytes32(uint256(7)));
        vm.prank(stranger);
        ProviderId id = registry.registerProvider(bytes32(uint256(7)), payout);
        vm.assertEq(ProviderId.unwrap(id), 2);
        vm.assertEq(ProviderId.unwrap(registry.providerOf(stranger)), 2);
        vm.assertEq(registry.providerCount(), 2);
        vm.assertEq(registry.ownerOf(id), stranger);
        vm.assertEq(registry.payoutOf(id), payout);
        vm.assertEq(registry.getProvider(id).owner, stranger);
    }

    function test_registerProvider_reverts_whenOwnerHasOne() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOwnerHasProvider.selector, owner, provider));
        vm.prank(owner);
        registry.registerProvider(bytes32(0), payout);
    }

    function test_registerProvider_reverts_whenPayoutIsZero() public {
        vm.expectRevert(IRegistry.RegistryZeroAddress.selector);
        vm.prank(stranger);
        registry.registerProvider(bytes32(0), address(0));
    }
}
