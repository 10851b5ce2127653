// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {NodeId} from "../libraries/Ids.sol";
import {IRegistry} from "./IRegistry.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title Which node was there in which epoch
/// @notice docs/protocol.md, "Attendance".
abstract contract RegistryAttendance is RegistryBase {
    /// @dev EIP-712 type of what an operator signs for {attendAll}.
    bytes32 private constant ATTEND_TYPEHASH = keccak256("Attend(uint32 node,uint32 epoch)");

    /// @dev More than the dearest item costs: three cold slots read, two of them and the network's word written for the
    /// first time, a recovered signature and an event (about 58,000); what is left pays for the return.
    uint256 private constant ITEM_GAS = 70_000;

    /// @inheritdoc IRegistry
    function attend() external {
        uint32 epoch = currentEpoch();
        OperatorKey storage key = _keys[msg.sender];
        // In one statement, so that the compiler reads the slot once.
        (NodeId node, uint32 fromEpoch, uint32 untilEpoch) = (key.node, key.fromEpoch, key.untilEpoch);
        // A key never used has untilEpoch 0.
        require(fromEpoch <= epoch && epoch < untilEpoch, RegistryOperatorNotInForce(msg.sender, epoch));
        require(!_nodes[node].retired, RegistryNodeRetired(node));
        EpochWord storage attendance = attendedWord[node][epoch >> 8];
        uint256 bit = 1 << (epoch & 255);
        uint256 bits = attendance.bits;
        require(bits & bit == 0, RegistryAlreadyAttended(node, epoch));
        attendance.bits = bits | bit;
        _markNetwork(node, epoch, bit);
    }

    /// @inheritdoc IRegistry
    function attendAll(uint32 epoch, Attendance[] calldata items) external returns (uint256 looked) {
        require(epoch == currentEpoch(), RegistryEpochNotPresent(epoch, currentEpoch()));
        for (; looked < items.length && gasleft() > ITEM_GAS; ++looked) {
            Attendance calldata item = items[looked];
            AttendanceRefusal refusal = _attendSigned(item, epoch);
            if (refusal != AttendanceRefusal.None) emit AttendanceSkipped(item.node, refusal);
        }
    }

    // ---- views ----

    /// @inheritdoc IRegistry
    function isOperator(NodeId node, address operator, uint32 epoch) public view returns (bool) {
        OperatorKey memory key = _keys[operator];
        return key.node == node && key.fromEpoch <= epoch && epoch < key.untilEpoch;
    }

    /// @inheritdoc IRegistry
    function attended(NodeId node, uint32 epoch) public view returns (bool) {
        return (attendedWord[node][epoch >> 8].bits >> (epoch & 255)) & 1 != 0;
    }

    // ---- internals ----

    function _attendedRecently(NodeId node) internal view returns (bool) {
        uint32 epoch = currentEpoch();
        return attended(node, epoch) || (epoch != 0 && attended(node, epoch - 1));
    }

    /// @dev Costs the same whatever the signature is, so an item can't use up what the next one needs.
    function _attendSigned(Attendance calldata item, uint32 epoch) private returns (AttendanceRefusal) {
        NodeId node = item.node;
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ATTEND_TYPEHASH, node, epoch)));
        // A failed recovery gives the zero address, which is no node's key.
        (address operator, , ) = ECDSA.tryRecover(digest, item.r, item.vs);
        if (operator == address(0) || !isOperator(node, operator, epoch)) return AttendanceRefusal.OperatorNotInForce;
        if (_nodes[node].retired) return AttendanceRefusal.NodeRetired;
        EpochWord storage attendance = attendedWord[node][epoch >> 8];
        uint256 bit = 1 << (epoch & 255);
        uint256 bits = attendance.bits;
        if (bits & bit != 0) return AttendanceRefusal.AlreadyAttended;
        attendance.bits = bits | bit;
        _markNetwork(node, epoch, bit);
        return AttendanceRefusal.None;
    }

    /// @dev Marks the epoch for the network too.
    function _markNetwork(NodeId node, uint32 epoch, uint256 bit) private {
        EpochWord storage network = networkAttendedWord[epoch >> 8];
        uint256 bits = network.bits;
        if (bits & bit == 0) network.bits = bits | bit;
        emit NodeAttended(node, epoch);
    }
}
