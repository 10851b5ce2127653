// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract AttestTest is RegistryTest {
    bytes32 internal constant CORES = bytes32(uint256(3));
    uint64 internal constant EXPIRES = GENESIS + 10 * EPOCH;

    NodeId internal node;
    address internal attester = _account("attester");

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
    }

    function _attest(bytes32 attribute, uint64 value, uint64 expiresAt, uint32 revision) internal {
        vm.prank(attester);
        registry.attest(node, attribute, value, expiresAt, revision);
    }

    function _value(bytes32 attribute) internal view returns (uint64) {
        return registry.attestedValue(node, attribute, attester);
    }

    function test_attest_storesAndEmits() public {
        vm.expectEmit(address(registry));
        emit IRegistry.Attested(node, CORES, attester, 12, EXPIRES, 1);
        _attest(CORES, 12, EXPIRES, 1);
        vm.assertEq(_value(CORES), 12);
        vm.assertEq(registry.attestedValue(node, CORES, stranger), 0);
        vm.assertEq(_value("cores"), 0);
        // What the owner declares stays what it is.
        vm.assertEq(registry.attributeOf(node, CORES), 16);
    }

    function test_attest_replacesWhatWasSaidBefore() public {
        _attest("gpus", 2, EXPIRES, 1);
        _attest("gpus", 4, EXPIRES - 1, 1);
        vm.assertEq(_value("gpus"), 4);
        vm.warp(EXPIRES - 1);
        vm.assertEq(_value("gpus"), 0);
    }

    function test_attest_holdsUntilItExpires() public {
        _attest(CORES, 12, EXPIRES, 1);
        vm.warp(EXPIRES - 1);
        vm.assertEq(_value(CORES), 12);
        vm.warp(EXPIRES);
        vm.assertEq(_value(CORES), 0);
    }

    /// Attack: a good machine is attested, then the owner describes another one.
    function test_attest_holdsNoMore_whenTheNodeWasChanged() public {
        _attest(CORES, 16, EXPIRES, 1);
        _attest("gpus", 2, EXPIRES, 1);
        vm.prank(owner);
        registry.changeNode(node, 8, _attributes()); // even if nothing differs
        vm.assertEq(_value(CORES), 0);
        vm.assertEq(_value("gpus"), 0);
        _attest(CORES, 16, EXPIRES, 2);
        vm.prank(owner);
        registry.setAttributes(node, new bytes32[](0), new uint64[](0));
        vm.assertEq(_value(CORES), 0);
    }

    /// Neither is what a node asks or where it is reached what was attested.
    function test_attest_holds_whenOfferKeyOrEndpointChange() public {
        _attest(CORES, 16, EXPIRES, 1);
        (address next, uint256 key) = _accountAndKey("next");
        bytes memory consent = _consent(key, provider, address(registry));
        vm.startPrank(owner);
        registry.setOffer(node, token, ASK + 1, true);
        registry.setEndpoint(node, "peer", "https://elsewhere");
        registry.rotateOperator(node, _account("operator"), next, consent);
        vm.stopPrank();
        vm.assertEq(_value(CORES), 16);
    }

    /// Attack: the owner sees the attestation coming and changes the node just before it.
    function test_attest_reverts_whenTheNodeWasChangedMeanwhile() public {
        vm.prank(owner);
        registry.changeNode(node, 4, _attributes());
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryNodeRevised.selector, node, 1, 2));
        _attest(CORES, 16, EXPIRES, 1);
    }

    function test_attest_reverts_whenUnknown() public {
        node = NodeId.wrap(9);
        _expectNode(IRegistry.RegistryNodeUnknown.selector, node);
        _attest(CORES, 16, EXPIRES, 0);
    }

    function test_attest_reverts_whenRetired() public {
        vm.prank(owner);
        registry.retireNode(node);
        _expectNode(IRegistry.RegistryNodeRetired.selector, node);
        _attest(CORES, 16, EXPIRES, 1);
    }

    function test_attest_reverts_whenValueIsZero() public {
        vm.expectRevert(IRegistry.RegistryZeroValue.selector);
        _attest(CORES, 0, EXPIRES, 1);
    }

    function test_attest_reverts_whenExpired() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryAttestationExpired.selector, GENESIS));
        _attest(CORES, 1, GENESIS, 1);
        _attest(CORES, 1, GENESIS + 1, 1);
        vm.assertEq(_value(CORES), 1);
    }

    function testFuzz_attest_reverts_whenAttributeIsNeitherNumberNorName(uint256 attribute) public {
        attribute = _bound(attribute, 6, (1 << 248) - 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryAttributeInvalid.selector, attribute));
        _attest(bytes32(attribute), 1, EXPIRES, 1);
    }

    function testFuzz_attest_holdsExactlyUntilExpiryOrChange(
        uint64 value,
        uint32 life,
        uint32 wait,
        bool changes
    ) public {
        value = uint64(_bound(value, 1, type(uint64).max));
        uint64 expiresAt = uint64(GENESIS + _bound(life, 1, type(uint32).max));
        _attest("gpus", value, expiresAt, 1);
        vm.warp(GENESIS + wait);
        if (changes) {
            vm.prank(owner);
            registry.changeNode(node, 8, _attributes());
        }
        vm.assertEq(_value("gpus"), !changes && block.timestamp < expiresAt ? value : 0);
    }
}
