// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {StakingTest} from "../staking/StakingTest.sol";

/// @notice Whole transactions in the steady state: counters, the network's words and totals were written before.
/// docs/protocol.md, "Gas to reach". The figures go to snapshots/Core.json.
contract CoreGasTest is StakingTest {
    address internal operator;
    bytes internal consent;

    function setUp() public override {
        super.setUp();
        _addNode("earlier");
        _attend("earlier");
        uint256 key;
        (operator, key) = _accountAndKey("operator");
        consent = _consent(key, provider, address(registry));
        // The staker approves what he stakes, as wallets do, and somebody else's stake is there already.
        vm.prank(stranger);
        registry.registerProvider(bytes32(0), stranger);
        vm.prank(staker);
        staking.stake(ProviderId.wrap(2), 1 ether);
    }

    function _snapshot(string memory key, uint256 target) internal {
        uint256 gas = vm.snapshotGasLastCall("Core", key);
        vm.assertLe(gas, target, key);
    }

    function test_gas_registerProvider() public {
        vm.prank(payout);
        registry.registerProvider(bytes32(uint256(1)), payout);
        _snapshot("registerProvider", 125_000);
    }

    function test_gas_addNode() public {
        string memory peerId = "12D3KooWGxSZ3rA2Yh9W4v5b6c7d8e9f0g1h2i3j4k5l6m7n8o9p";
        string memory endpoint = "https://node-17.eu.example-provider.net:8443";
        vm.prank(owner);
        registry.addNode(provider, operator, consent, 8, _attributes(), peerId, endpoint, token, ASK);
        _snapshot("addNode", 140_000);
    }

    function test_gas_setOffer() public {
        NodeId node = NodeId.wrap(1);
        vm.prank(owner);
        registry.setOffer(node, token, ASK + 1, true);
        _snapshot("setOffer", 45_000);
    }

    /// First stake of a provider, and a later one.
    function test_gas_stake() public {
        uint96 amount = 1_600 ether;
        vm.prank(staker);
        mill.approve(address(staking), 3 * amount);
        vm.prank(staker);
        staking.stake(provider, amount);
        _snapshot("stake", 95_000);
        vm.prank(staker);
        staking.stake(provider, amount);
        _snapshot("stakeLater", 70_000);
    }

    /// One slash vetoed, one executed, with shares for two that had some before; then one of them takes his.
    function test_gas_slashes() public {
        uint64 earlier = _slashed(1 ether);
        _skip(VETO_WINDOW);
        staking.executeSlash(earlier);
        uint64 vetoed = _slashed(1 ether);
        uint64 executed = _slashed(1 ether);
        vm.prank(guardian);
        staking.vetoSlash(vetoed);
        _snapshot("vetoSlash", 60_000);
        _skip(VETO_WINDOW);
        staking.executeSlash(executed);
        _snapshot("executeSlash", 90_000);
        vm.prank(dealOwner);
        staking.withdrawShares(dealOwner);
        _snapshot("withdrawShares", 65_000);
    }

    /// First of the network in its epoch, and after another node.
    function test_gas_attend() public {
        vm.warp(GENESIS + EPOCH);
        vm.prank(_account("earlier"));
        registry.attend();
        _snapshot("attendFirst", 40_000);
        _addNode("operator");
        _attend("operator");
        vm.warp(GENESIS + 2 * EPOCH);
        _attend("operator");
        vm.prank(_account("earlier"));
        registry.attend();
        _snapshot("attend", 35_000);
    }

    /// Fifty nodes in one call. The gas a node costs at most decides when a batch ends early: RegistryAttendance, ITEM_GAS.
    function test_gas_attendAll() public {
        uint256 count = 50;
        for (uint256 i = 0; i < count; ++i) {
            string memory name = string.concat("batch", vm.toString(i));
            _addNode(name);
            _attend(name);
        }
        vm.warp(GENESIS + EPOCH);
        registry.attendAll(1, _batch(count, 1));
        _snapshot("attendAll50", 1_000_000);
        // A provider with four nodes, one of which pays for all.
        vm.warp(GENESIS + 2 * EPOCH);
        registry.attendAll(2, _batch(4, 2));
        _snapshot("attendAll4", 140_000);
        // The first attendance in a word of the network, of nodes that never attended in it.
        vm.warp(GENESIS + 256 * EPOCH);
        registry.attendAll(256, _batch(1, 256));
        uint256 first = vm.snapshotGasLastCall("Core", "attendAll1First");
        vm.assertLe(first - 21_000, 70_000, "ITEM_GAS");
    }

    function _batch(uint256 count, uint32 epoch) private returns (IRegistry.Attendance[] memory items) {
        items = new IRegistry.Attendance[](count);
        for (uint256 i = 0; i < count; ++i) {
            (, uint256 key) = _accountAndKey(string.concat("batch", vm.toString(i)));
            items[i] = _attendance(key, NodeId.wrap(uint32(2 + i)), epoch, address(registry), block.chainid);
        }
    }

    /// One further attribute set for the first time, and an attestation.
    function test_gas_attributes() public {
        NodeId node = NodeId.wrap(1);
        bytes32[] memory names = new bytes32[](1);
        uint64[] memory values = new uint64[](1);
        (names[0], values[0]) = ("gpus", 2);
        vm.prank(owner);
        registry.setAttributes(node, names, values);
        _snapshot("setAttributes", 65_000);
        vm.prank(stranger);
        registry.attest(node, "gpus", 2, GENESIS + 100 * EPOCH, 2);
        _snapshot("attest", 60_000);
    }
}
