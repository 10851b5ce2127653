// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IDealsControl} from "../../contracts/deals/IDealsControl.sol";
import {NodeId} from "../../contracts/libraries/Ids.sol";
import {DealsTest} from "./DealsTest.sol";

contract SetScalerTest is DealsTest {
    function test_setScaler_namesAKey_withItsCap() public {
        vm.expectEmit(address(deals));
        emit IDealsControl.ScalerChanged(deal, stranger, 77);
        _set(stranger, 77);
        _expect(stranger, 77, 0);
    }

    function test_setScaler_replacesTheKey_atOnce() public {
        address second = _account("second");
        _set(stranger, type(uint88).max);
        _set(second, 5);
        _expect(second, 5, 0);
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(_unauthorized(stranger, developer));
        vm.prank(stranger);
        deals.setTarget(deal, terms, 1, new NodeId[](0));
        vm.prank(second);
        deals.setTarget(deal, terms, 1, new NodeId[](0));
    }

    function test_setScaler_takesTheRightAway() public {
        _set(stranger, 77);
        vm.expectEmit(address(deals));
        emit IDealsControl.ScalerChanged(deal, address(0), 0);
        _set(address(0), 0);
        _expect(address(0), 0, 0);
        IDeals.Terms memory terms = _terms(2);
        vm.expectRevert(_unauthorized(stranger, developer));
        vm.prank(stranger);
        deals.setTarget(deal, terms, 1, new NodeId[](0));
    }

    /// @notice A key put in the place of another does not get a second change in the same epoch.
    function test_setScaler_keepsTheEpochOfTheLastChange() public {
        _set(stranger, 0);
        IDeals.Terms memory terms = _terms(2);
        vm.prank(stranger);
        deals.setTarget(deal, terms, 1, new NodeId[](0));
        address second = _account("second");
        _set(second, 9);
        _expect(second, 9, FIRST_EPOCH + 1);
    }

    function test_setScaler_concernsOneDeal() public {
        _set(stranger, 77);
        (address key, , ) = deals.getScaler(_createDeal(_terms(2), DEPOSIT));
        vm.assertEq(key, address(0));
    }

    function test_setScaler_reverts_whenTheCallerIsNotTheOwner() public {
        _set(stranger, 77);
        vm.expectRevert(_unauthorized(stranger, developer));
        vm.prank(stranger);
        deals.setScaler(deal, stranger, type(uint88).max);
    }

    function test_setScaler_reverts_withACapForNobody() public {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsZeroAddress.selector));
        vm.prank(developer);
        deals.setScaler(deal, address(0), 1);
    }

    function test_setScaler_reverts_withACapNoBalanceReaches() public {
        uint256 tooMuch = uint256(type(uint88).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 88, tooMuch));
        vm.prank(developer);
        deals.setScaler(deal, stranger, tooMuch);
        _set(stranger, tooMuch - 1);
        _expect(stranger, tooMuch - 1, 0);
    }

    function _set(address key, uint256 cap) private {
        vm.prank(developer);
        deals.setScaler(deal, key, cap);
    }

    function _expect(address key, uint256 cap, uint32 nextEpoch) private view {
        (address actualKey, uint256 actualCap, uint32 actualNext) = deals.getScaler(deal);
        vm.assertEq(actualKey, key);
        vm.assertEq(actualCap, cap);
        vm.assertEq(actualNext, nextEpoch);
    }
}
