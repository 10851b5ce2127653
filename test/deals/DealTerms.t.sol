// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealTerms} from "../../contracts/deals/DealTerms.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {Test} from "../lib/Test.sol";

/// @notice `validate` is tested through createDeal, `hash` through hashTerms.
contract DealTermsTest is Test {
    function test_admitsAttributes_readsEachAttribute() public view {
        uint64[6] memory values = [uint64(4), 0x4445, 3, 8, 16, 1000];
        for (uint256 i = 0; i < 6; ++i) {
            vm.assertTrue(_admits(IDeals.Attribute(i), IDeals.Operator.Equal, values[i]));
            vm.assertFalse(_admits(IDeals.Attribute(i), IDeals.Operator.Equal, values[i] + 1));
        }
    }

    function test_admitsAttributes_appliesEachOperator() public view {
        vm.assertTrue(_admitsCores(IDeals.Operator.NotEqual, 7));
        vm.assertFalse(_admitsCores(IDeals.Operator.NotEqual, 8));
        vm.assertTrue(_admitsCores(IDeals.Operator.AtLeast, 8));
        vm.assertFalse(_admitsCores(IDeals.Operator.AtLeast, 9));
        vm.assertTrue(_admitsCores(IDeals.Operator.AtMost, 8));
        vm.assertFalse(_admitsCores(IDeals.Operator.AtMost, 7));
    }

    function test_admitsAttributes_failsEveryOperator_whenTheAttributeIsMissing() public view {
        IRegistry.Attributes memory none;
        for (uint256 attribute = 0; attribute < 6; ++attribute) {
            for (uint256 operator = 0; operator < 4; ++operator) {
                IDeals.Terms memory terms = _terms(IDeals.Attribute(attribute), IDeals.Operator(operator), 0);
                vm.assertFalse(this.admitsAttributes(terms, none));
            }
        }
    }

    function test_admitsAttributes_needsAllConstraints() public view {
        IDeals.Terms memory terms;
        vm.assertTrue(this.admitsAttributes(terms, _node()));
        terms.constraints = new IDeals.Constraint[](2);
        terms.constraints[0] = IDeals.Constraint(IDeals.Attribute.Cores, IDeals.Operator.AtLeast, 8);
        terms.constraints[1] = IDeals.Constraint(IDeals.Attribute.Cores, IDeals.Operator.AtMost, 8);
        vm.assertTrue(this.admitsAttributes(terms, _node()));
        terms.constraints[1].value = 7;
        vm.assertFalse(this.admitsAttributes(terms, _node()));
    }

    function testFuzz_admitsProvider_followsTheList(uint32[5] memory ids, uint32 provider, uint8 mode) public view {
        IDeals.Terms memory terms;
        terms.listMode = IDeals.ListMode(mode % 3);
        terms.providers = new ProviderId[](5);
        bool listed = false;
        for (uint256 i = 0; i < 5; ++i) {
            terms.providers[i] = ProviderId.wrap(ids[i] % 10);
            if (ids[i] % 10 == provider % 10) listed = true;
        }
        bool admitted = this.admitsProvider(terms, ProviderId.wrap(provider % 10));
        if (terms.listMode == IDeals.ListMode.None) vm.assertTrue(admitted);
        if (terms.listMode == IDeals.ListMode.Allow) vm.assertEq(admitted, listed);
        if (terms.listMode == IDeals.ListMode.Deny) vm.assertEq(admitted, !listed);
    }

    /// @dev External, so that the terms arrive as calldata.
    function admitsAttributes(
        IDeals.Terms calldata terms,
        IRegistry.Attributes memory attributes
    ) external pure returns (bool) {
        return DealTerms.admitsAttributes(terms, attributes);
    }

    function admitsProvider(IDeals.Terms calldata terms, ProviderId provider) external pure returns (bool) {
        return DealTerms.admitsProvider(terms, provider);
    }

    function _admitsCores(IDeals.Operator operator, uint64 value) private view returns (bool) {
        return _admits(IDeals.Attribute.Cores, operator, value);
    }

    function _admits(IDeals.Attribute attribute, IDeals.Operator operator, uint64 value) private view returns (bool) {
        return this.admitsAttributes(_terms(attribute, operator, value), _node());
    }

    function _terms(
        IDeals.Attribute attribute,
        IDeals.Operator operator,
        uint64 value
    ) private pure returns (IDeals.Terms memory terms) {
        terms.constraints = new IDeals.Constraint[](1);
        terms.constraints[0] = IDeals.Constraint(attribute, operator, value);
    }

    function _node() private pure returns (IRegistry.Attributes memory) {
        return IRegistry.Attributes(4, 0x4445, 3, 8, 16, 1000);
    }
}
