// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract BindTest is RegistryTest {
    IRegistry internal fresh;

    function setUp() public override {
        super.setUp();
        fresh = _newRegistry(parameters, owner, GENESIS, EPOCH);
    }

    function _bind(address caller, address deals_) internal {
        vm.prank(caller);
        fresh.bind(deals_);
    }

    function test_bind_namesDealsForGood() public {
        vm.expectEmit(address(fresh));
        emit IRegistry.RegistryBound(deals);
        _bind(owner, deals);
        vm.assertEq(fresh.deals(), deals);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryAlreadyBound.selector, deals));
        _bind(owner, stranger);
    }

    function test_bind_reverts_whenCallerIsNotTheBinder() public {
        _expectUnauthorized(stranger, owner);
        _bind(stranger, stranger);
    }

    function test_bind_reverts_whenDealsIsZero() public {
        vm.expectRevert(IRegistry.RegistryZeroAddress.selector);
        _bind(owner, address(0));
    }
}
