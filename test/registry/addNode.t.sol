// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract AddNodeTest is RegistryTest {
    address internal operator;
    uint256 internal operatorKey;

    function setUp() public override {
        super.setUp();
        (operator, operatorKey) = _accountAndKey("operator");
    }

    function _add(address caller, ProviderId provider_, bytes memory consent) internal returns (NodeId) {
        vm.prank(caller);
        return registry.addNode(provider_, operator, consent, 8, _attributes(), "peer", "https://n", token, ASK);
    }

    function _expectBadSignature() internal {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorSignatureInvalid.selector, operator));
    }

    function test_addNode_storesNodeOfferAndKey() public {
        bytes memory consent = _consent(operatorKey, provider, address(registry));
        NodeId node = NodeId.wrap(1);
        vm.expectEmit(address(registry));
        emit IRegistry.NodeAdded(node, provider, operator, 8, _attributes(), "peer", "https://n");
        vm.expectEmit(address(registry));
        emit IRegistry.OfferSet(node, token, ASK, true);
        vm.assertEq(NodeId.unwrap(_add(owner, provider, consent)), 1);

        vm.assertEq(registry.nodeCount(), 1);
        IRegistry.Node memory stored = registry.getNode(node);
        vm.assertEq(ProviderId.unwrap(stored.provider), ProviderId.unwrap(provider));
        vm.assertEq(stored.units, 8);
        vm.assertEq(stored.unitsInUse, 0);
        vm.assertFalse(stored.retired);
        vm.assertEq(abi.encode(stored.attributes), abi.encode(_attributes()));
        vm.assertEq(abi.encode(registry.getOffer(node, token)), abi.encode(ASK, true, 0));
        vm.assertEq(abi.encode(registry.getOperatorKey(operator)), abi.encode(1, 0, type(uint32).max));
    }

    function test_addNode_makesNoOffer_whenTokenIsZero() public {
        bytes memory consent = _consent(operatorKey, provider, address(registry));
        vm.recordLogs();
        vm.prank(owner);
        NodeId node = registry.addNode(provider, operator, consent, 1, _attributes(), "", "", address(0), ASK);
        vm.assertEq(vm.getRecordedLogs().length, 1);
        vm.assertFalse(registry.getOffer(node, address(0)).on);
    }

    function test_addNode_letsTheOperatorAttendAtOnce() public {
        vm.warp(GENESIS + 5 * EPOCH);
        _add(owner, provider, _consent(operatorKey, provider, address(registry)));
        _attend("operator");
        vm.assertTrue(registry.attended(NodeId.wrap(1), 5));
    }

    function test_addNode_reverts_whenProviderIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryProviderUnknown.selector, 9));
        _add(owner, ProviderId.wrap(9), "");
    }

    function test_addNode_reverts_whenCallerIsNotOwner() public {
        _expectUnauthorized(stranger, owner);
        _add(stranger, provider, _consent(operatorKey, provider, address(registry)));
    }

    function test_addNode_reverts_whenUnitsAreZero() public {
        bytes memory consent = _consent(operatorKey, provider, address(registry));
        vm.expectRevert(IRegistry.RegistryZeroUnits.selector);
        vm.prank(owner);
        registry.addNode(provider, operator, consent, 0, _attributes(), "", "", token, ASK);
    }

    function test_addNode_reverts_whenOperatorWasUsed() public {
        bytes memory consent = _consent(operatorKey, provider, address(registry));
        _add(owner, provider, consent);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorUsed.selector, operator, 1));
        _add(owner, provider, consent);
    }

    function test_addNode_reverts_whenOperatorIsOfARetiredNode() public {
        bytes memory consent = _consent(operatorKey, provider, address(registry));
        NodeId node = _add(owner, provider, consent);
        vm.prank(owner);
        registry.retireNode(node);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorUsed.selector, operator, node));
        _add(owner, provider, consent);
    }

    /// Attack: a stranger copies the operator's signature from the mempool and squats the key for his own provider.
    function test_addNode_reverts_whenSignatureIsForAnotherProvider() public {
        vm.prank(stranger);
        ProviderId own = registry.registerProvider(bytes32(0), stranger);
        bytes memory consent = _consent(operatorKey, provider, address(registry));
        _expectBadSignature();
        _add(stranger, own, consent);
        _add(owner, provider, consent);
    }

    /// Attack: the signature of a test chain is replayed on another chain.
    function test_addNode_reverts_whenSignatureIsForAnotherChain() public {
        bytes memory consent = _consentOn(operatorKey, provider, address(registry), block.chainid + 1);
        _expectBadSignature();
        _add(owner, provider, consent);
    }

    /// Attack: the signature for one registry is replayed on a second one on the same chain.
    function test_addNode_reverts_whenSignatureIsForAnotherRegistry() public {
        IRegistry other = _newRegistry(parameters, address(this), GENESIS, EPOCH);
        bytes memory consent = _consent(operatorKey, provider, address(other));
        _expectBadSignature();
        _add(owner, provider, consent);
    }

    function test_addNode_reverts_whenSomebodyElseSigned() public {
        (, uint256 strangerKey) = _accountAndKey("stranger");
        bytes memory consent = _consent(strangerKey, provider, address(registry));
        _expectBadSignature();
        _add(owner, provider, consent);
    }

    function test_addNode_reverts_whenSignatureIsMalformed() public {
        _expectBadSignature();
        _add(owner, provider, hex"1234");
    }

    /// A failed recovery yields the zero address, which must not pass for the zero operator.
    function test_addNode_reverts_whenOperatorIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryOperatorSignatureInvalid.selector, address(0)));
        vm.prank(owner);
        registry.addNode(provider, address(0), new bytes(65), 8, _attributes(), "", "", token, ASK);
    }

    function testFuzz_addNode_keepsEveryAttribute(uint16 units, IRegistry.Attributes memory attributes) public {
        vm.assume(units != 0);
        bytes memory consent = _consent(operatorKey, provider, address(registry));
        vm.prank(owner);
        NodeId node = registry.addNode(provider, operator, consent, units, attributes, "", "", token, ASK);
        IRegistry.Node memory stored = registry.getNode(node);
        vm.assertEq(stored.units, units);
        vm.assertEq(abi.encode(stored.attributes), abi.encode(attributes));
    }
}
