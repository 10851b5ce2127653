// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealTerms} from "../../contracts/deals/DealTerms.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {Test} from "../lib/Test.sol";

/// @notice `validate` is tested through createDeal, `hash` through hashTerms.
contract DealTermsTest is Test {
    NodeId private constant NODE = NodeId.wrap(7);
    bytes32 private constant CORES = bytes32(uint256(3));

    /// @dev What the registry knows beyond the packed attributes: this contract stands in for it.
    mapping(bytes32 attribute => mapping(address attester => uint64)) private known;

    function attributeOf(NodeId node, bytes32 attribute) external view returns (uint64) {
        vm.assertEq(NodeId.unwrap(node), NodeId.unwrap(NODE));
        return known[attribute][address(0)];
    }

    function attestedValue(NodeId node, bytes32 attribute, address attester) external view returns (uint64) {
        vm.assertEq(NodeId.unwrap(node), NodeId.unwrap(NODE));
        return known[attribute][attester];
    }

    function test_admitsAttributes_readsEachAttribute() public view {
        uint64[6] memory values = [uint64(4), 0x4445, 3, 8, 16, 1000];
        for (uint256 i = 0; i < 6; ++i) {
            vm.assertTrue(_admits(bytes32(i), IDeals.Operator.Equal, values[i]));
            vm.assertFalse(_admits(bytes32(i), IDeals.Operator.Equal, values[i] + 1));
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
                IDeals.Terms memory terms = _terms(bytes32(attribute), IDeals.Operator(operator), 0);
                vm.assertFalse(this.admitsAttributes(terms, none));
            }
        }
    }

    function test_admitsAttributes_needsAllConstraints() public view {
        IDeals.Terms memory terms;
        vm.assertTrue(this.admitsAttributes(terms, _node()));
        terms.constraints = new IDeals.Constraint[](2);
        terms.constraints[0] = IDeals.Constraint(CORES, IDeals.Operator.AtLeast, 8, address(0));
        terms.constraints[1] = IDeals.Constraint(CORES, IDeals.Operator.AtMost, 8, address(0));
        vm.assertTrue(this.admitsAttributes(terms, _node()));
        terms.constraints[1].value = 7;
        vm.assertFalse(this.admitsAttributes(terms, _node()));
    }

    /// @notice Whatever the attribute, whoever says so: the constraint is on the one value that this attester, or the owner,
    /// gives for it. What others say of the same attribute never counts.
    function testFuzz_admitsAttributes_asksForTheOneValue(
        bytes32 attribute,
        uint8 operator,
        uint64 actual,
        uint64 wanted,
        address attester,
        uint64 ofOthers
    ) public {
        if (uint256(attribute) < 6) attribute = bytes32(uint256(attribute) | (1 << 248));
        address other = address(uint160(attester) ^ 1);
        known[attribute][other] = ofOthers;
        known[attribute][address(0)] = ofOthers;
        known[attribute][attester] = actual;
        IDeals.Terms memory terms = _terms(attribute, IDeals.Operator(operator % 4), wanted);
        terms.constraints[0].attester = attester;
        bool[4] memory holds = [actual == wanted, actual != wanted, actual >= wanted, actual <= wanted];
        vm.assertEq(this.admitsAttributes(terms, _node()), actual != 0 && holds[operator % 4]);
    }

    /// @notice An attested packed attribute is what the attester says, whatever the owner declares.
    function testFuzz_admitsAttributes_takesTheAttestersWord_ofAPackedAttribute(uint8 number, uint64 attested) public {
        bytes32 attribute = bytes32(uint256(number % 6));
        address attester = _account("attester");
        known[attribute][attester] = attested;
        IDeals.Terms memory terms = _terms(attribute, IDeals.Operator.Equal, attested);
        terms.constraints[0].attester = attester;
        vm.assertEq(this.admitsAttributes(terms, _node()), attested != 0);
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
    ) external view returns (bool) {
        return DealTerms.admitsAttributes(terms, IRegistry(address(this)), NODE, attributes);
    }

    function admitsProvider(IDeals.Terms calldata terms, ProviderId provider) external pure returns (bool) {
        return DealTerms.admitsProvider(terms, provider);
    }

    function _admitsCores(IDeals.Operator operator, uint64 value) private view returns (bool) {
        return _admits(CORES, operator, value);
    }

    function _admits(bytes32 attribute, IDeals.Operator operator, uint64 value) private view returns (bool) {
        return this.admitsAttributes(_terms(attribute, operator, value), _node());
    }

    function _terms(
        bytes32 attribute,
        IDeals.Operator operator,
        uint64 value
    ) private pure returns (IDeals.Terms memory terms) {
        terms.constraints = new IDeals.Constraint[](1);
        terms.constraints[0] = IDeals.Constraint(attribute, operator, value, address(0));
    }

    function _node() private pure returns (IRegistry.Attributes memory) {
        return IRegistry.Attributes(4, 0x4445, 3, 8, 16, 1000);
    }
}
