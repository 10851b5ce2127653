// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract RevokeAttestationTest is RegistryTest {
    bytes32 internal constant CORES = bytes32(uint256(3));

    NodeId internal node;

    function setUp() public override {
        super.setUp();
        node = _addNode("operator");
        vm.prank(stranger);
        registry.attest(node, CORES, 12, GENESIS + EPOCH, 1);
    }

    function _expectUnknown(bytes32 attribute, address attester) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IRegistry.RegistryAttestationUnknown.selector, node, attribute, attester)
        );
    }

    function test_revokeAttestation_forgetsAndEmits() public {
        vm.expectEmit(address(registry));
        emit IRegistry.AttestationRevoked(node, CORES, stranger);
        vm.prank(stranger);
        registry.revokeAttestation(node, CORES);
        vm.assertEq(registry.attestedValue(node, CORES, stranger), 0);
        _expectUnknown(CORES, stranger);
        vm.prank(stranger);
        registry.revokeAttestation(node, CORES);
    }

    /// Also where the node was retired or the attestation has expired.
    function test_revokeAttestation_works_whenItHeldNoMore() public {
        vm.prank(owner);
        registry.retireNode(node);
        vm.warp(GENESIS + EPOCH);
        vm.prank(stranger);
        registry.revokeAttestation(node, CORES);
        _expectUnknown(CORES, stranger);
        vm.prank(stranger);
        registry.revokeAttestation(node, CORES);
    }

    /// Invariant 8: nobody takes back what another one attested, the node's owner neither.
    function testFuzz_revokeAttestation_reverts_whenCallerAttestedNothing(address caller) public {
        vm.assume(caller != stranger);
        _expectUnknown(CORES, caller);
        vm.prank(caller);
        registry.revokeAttestation(node, CORES);
        vm.assertEq(registry.attestedValue(node, CORES, stranger), 12);
    }

    function test_revokeAttestation_reverts_whenAttributeIsAnother() public {
        _expectUnknown("cores", stranger);
        vm.prank(stranger);
        registry.revokeAttestation(node, "cores");
    }
}
