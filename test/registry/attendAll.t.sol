// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

contract AttendAllTest is RegistryTest {
    uint32 internal constant NOW = 300;

    NodeId[] internal nodes;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < 4; ++i) nodes.push(_addNode(_name(i)));
        vm.warp(GENESIS + NOW * EPOCH);
    }

    function _name(uint256 i) internal pure returns (string memory) {
        return string.concat("operator", vm.toString(i));
    }

    function _signed(uint256 i, NodeId node, uint32 epoch) internal returns (IRegistry.Attendance memory) {
        (, uint256 key) = _accountAndKey(_name(i));
        return _attendance(key, node, epoch, address(registry), block.chainid);
    }

    /// @dev Each operator for its own node.
    function _batch(uint32 epoch) internal returns (IRegistry.Attendance[] memory items) {
        items = new IRegistry.Attendance[](nodes.length);
        for (uint256 i = 0; i < items.length; ++i) items[i] = _signed(i, nodes[i], epoch);
    }

    function _one(IRegistry.Attendance memory item) internal pure returns (IRegistry.Attendance[] memory items) {
        items = new IRegistry.Attendance[](1);
        items[0] = item;
    }

    function _expectSkipped(NodeId node, IRegistry.AttendanceRefusal refusal) internal {
        vm.expectEmit(address(registry));
        emit IRegistry.AttendanceSkipped(node, refusal);
    }

    /// @dev The item is passed over for that reason, and the node does not attend.
    function _expectRefused(IRegistry.Attendance memory item, IRegistry.AttendanceRefusal refusal) internal {
        uint256 before = registry.attendedWord(item.node, NOW >> 8);
        _expectSkipped(item.node, refusal);
        vm.assertEq(registry.attendAll(NOW, _one(item)), 1);
        vm.assertEq(registry.attendedWord(item.node, NOW >> 8), before);
    }

    function test_attendAll_marksNodesAndNetwork() public {
        IRegistry.Attendance[] memory items = _batch(NOW);
        for (uint256 i = 0; i < items.length; ++i) {
            vm.expectEmit(address(registry));
            emit IRegistry.NodeAttended(nodes[i], NOW);
        }
        vm.prank(stranger);
        vm.assertEq(registry.attendAll(NOW, items), 4);
        for (uint256 i = 0; i < items.length; ++i) vm.assertEq(registry.attendedWord(nodes[i], 1), 1 << 44);
        vm.assertEq(registry.networkAttendedWord(1), 1 << 44);
    }

    /// One that fails stops nothing, wherever it stands: somebody attended by himself, one is retired, one is forged.
    function testFuzz_attendAll_passesOverWhatFails(uint256 choice) public {
        IRegistry.Attendance[] memory items = _batch(NOW);
        IRegistry.AttendanceRefusal[4] memory expected;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 kind = (choice >> (8 * i)) % 4;
            expected[i] = IRegistry.AttendanceRefusal(kind);
            if (kind == uint256(IRegistry.AttendanceRefusal.AlreadyAttended)) _attend(_name(i));
            if (kind == uint256(IRegistry.AttendanceRefusal.OperatorNotInForce)) items[i].r = bytes32(choice);
            if (kind == uint256(IRegistry.AttendanceRefusal.NodeRetired)) {
                vm.prank(owner);
                registry.retireNode(nodes[i]);
            }
        }
        for (uint256 i = 0; i < 4; ++i) {
            if (expected[i] != IRegistry.AttendanceRefusal.None) _expectSkipped(nodes[i], expected[i]);
            else {
                vm.expectEmit(address(registry));
                emit IRegistry.NodeAttended(nodes[i], NOW);
            }
        }
        vm.assertEq(registry.attendAll(NOW, items), 4);
        for (uint256 i = 0; i < 4; ++i) {
            bool isThere =
                expected[i] == IRegistry.AttendanceRefusal.None ||
                    expected[i] == IRegistry.AttendanceRefusal.AlreadyAttended;
            vm.assertEq(registry.attended(nodes[i], NOW), isThere);
        }
    }

    function test_attendAll_marksOnce_whenANodeStandsThereTwice() public {
        IRegistry.Attendance[] memory items = new IRegistry.Attendance[](2);
        items[0] = items[1] = _signed(0, nodes[0], NOW);
        vm.expectEmit(address(registry));
        emit IRegistry.NodeAttended(nodes[0], NOW);
        _expectSkipped(nodes[0], IRegistry.AttendanceRefusal.AlreadyAttended);
        vm.assertEq(registry.attendAll(NOW, items), 2);
    }

    /// Who attended by itself is not harmed by a batch, nor the other way round.
    function test_attendAll_leavesAttendAsItIs() public {
        registry.attendAll(NOW, _one(_signed(0, nodes[0], NOW)));
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryAlreadyAttended.selector, nodes[0], NOW));
        _attend(_name(0));
        _attend(_name(1));
        _expectRefused(_signed(1, nodes[1], NOW), IRegistry.AttendanceRefusal.AlreadyAttended);
    }

    function test_attendAll_doesNothing_whenEmpty() public {
        vm.assertEq(registry.attendAll(NOW, new IRegistry.Attendance[](0)), 0);
    }

    /// Nobody attends afterwards or beforehand.
    function testFuzz_attendAll_reverts_whenEpochIsNotPresent(uint32 epoch) public {
        vm.assume(epoch != NOW);
        IRegistry.Attendance[] memory items = _batch(epoch);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryEpochNotPresent.selector, epoch, NOW));
        registry.attendAll(epoch, items);
    }

    // ---- attacks ----

    /// Attack: a signature of an earlier epoch is sent again.
    function test_attendAll_refusesTheSignatureOfAnotherEpoch() public {
        _expectRefused(_signed(0, nodes[0], NOW - 1), IRegistry.AttendanceRefusal.OperatorNotInForce);
        _expectRefused(_signed(0, nodes[0], NOW + 1), IRegistry.AttendanceRefusal.OperatorNotInForce);
    }

    /// Attack: one that is there speaks for one that is not, also of the same provider.
    function test_attendAll_refusesTheKeyOfAnotherNode() public {
        _expectRefused(_signed(0, nodes[1], NOW), IRegistry.AttendanceRefusal.OperatorNotInForce);
        IRegistry.Attendance memory item = _signed(0, nodes[0], NOW);
        item.node = nodes[1];
        _expectRefused(item, IRegistry.AttendanceRefusal.OperatorNotInForce);
        item.node = NodeId.wrap(99);
        _expectRefused(item, IRegistry.AttendanceRefusal.OperatorNotInForce);
        // A key never used stands for node 0, which nobody is.
        _expectRefused(_signed(7, NodeId.wrap(0), NOW), IRegistry.AttendanceRefusal.OperatorNotInForce);
    }

    /// Attack: the signature of a test chain, or for another registry, is sent here.
    function test_attendAll_refusesAnotherChainAndRegistry() public {
        (, uint256 key) = _accountAndKey(_name(0));
        _expectRefused(
            _attendance(key, nodes[0], NOW, address(registry), block.chainid + 1),
            IRegistry.AttendanceRefusal.OperatorNotInForce
        );
        _expectRefused(
            _attendance(key, nodes[0], NOW, address(parameters), block.chainid),
            IRegistry.AttendanceRefusal.OperatorNotInForce
        );
    }

    /// Attack: a provider squats another one's operator: the key's consent to a provider is no attendance, and whoever
    /// took a key for its node speaks for that one alone.
    function test_attendAll_refusesSquattedKeys() public {
        vm.prank(stranger);
        ProviderId own = registry.registerProvider(bytes32(0), stranger);
        (address squatter, uint256 key) = _accountAndKey("squatter");
        bytes memory consent = _consent(key, own, address(registry));
        vm.prank(stranger);
        NodeId node = registry.addNode(own, squatter, consent, 1, _attributes(), "", "", token, ASK);
        IRegistry.Attendance memory item = _attendance(key, nodes[0], NOW, address(registry), block.chainid);
        _expectRefused(item, IRegistry.AttendanceRefusal.OperatorNotInForce);
        (bytes32 r, bytes32 s) = abi.decode(consent, (bytes32, bytes32));
        for (uint256 parity = 0; parity < 2; ++parity) {
            item = IRegistry.Attendance({node: node, r: r, vs: bytes32((parity << 255) | uint256(s))});
            _expectRefused(item, IRegistry.AttendanceRefusal.OperatorNotInForce);
        }
    }

    /// Attack: a key that was replaced, perhaps because it leaked, and one that begins with the next epoch.
    function test_attendAll_refusesKeysNotInForce() public {
        (address next, uint256 key) = _accountAndKey(_name(9));
        bytes memory consent = _consent(key, provider, address(registry));
        vm.prank(owner);
        registry.rotateOperator(nodes[0], _account(_name(0)), next, consent);
        _expectRefused(_signed(9, nodes[0], NOW), IRegistry.AttendanceRefusal.OperatorNotInForce);
        vm.warp(GENESIS + (NOW + 1) * EPOCH);
        _expectSkipped(nodes[0], IRegistry.AttendanceRefusal.OperatorNotInForce);
        registry.attendAll(NOW + 1, _one(_signed(0, nodes[0], NOW + 1)));
        registry.attendAll(NOW + 1, _one(_signed(9, nodes[0], NOW + 1)));
        vm.assertTrue(registry.attended(nodes[0], NOW + 1));
    }

    /// Attack: garbage for a signature is passed over as dear as any other item, and no more.
    function testFuzz_attendAll_passesOverGarbage(bytes32 r, bytes32 vs) public {
        IRegistry.Attendance[] memory items = new IRegistry.Attendance[](2);
        items[0] = IRegistry.Attendance({node: nodes[0], r: r, vs: vs});
        items[1] = _signed(1, nodes[1], NOW);
        _expectSkipped(nodes[0], IRegistry.AttendanceRefusal.OperatorNotInForce);
        vm.assertEq(registry.attendAll(NOW, items), 2);
        vm.assertTrue(registry.attended(nodes[1], NOW));
    }

    /// Attack: a batch with too little gas. It ends early, loses nothing that it did, and the rest can be sent again;
    /// whatever the gas, it never runs out of it within an item.
    function testFuzz_attendAll_endsEarly_whenGasIsShort(uint256 gas) public {
        IRegistry.Attendance[] memory items = _batch(NOW);
        gas = _bound(gas, 30_000, 400_000);
        uint256 looked = registry.attendAll{gas: gas}(NOW, items);
        for (uint256 i = 0; i < items.length; ++i) vm.assertEq(registry.attended(nodes[i], NOW), i < looked);
        if (gas < 70_000) vm.assertEq(looked, 0);
        if (gas > 300_000) vm.assertEq(looked, 4);

        IRegistry.Attendance[] memory rest = new IRegistry.Attendance[](4 - looked);
        for (uint256 i = 0; i < rest.length; ++i) rest[i] = items[looked + i];
        vm.assertEq(registry.attendAll(NOW, rest), rest.length);
        for (uint256 i = 0; i < items.length; ++i) vm.assertTrue(registry.attended(nodes[i], NOW));
    }
}
