// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title MeasuredCall: what a contract answers that is deployed nowhere, and what that takes
/// @notice Never deployed itself: its creation code with arguments is the data of an `eth_call` without a recipient, which
/// returns whatever a constructor returns. Works on every chain, since nothing but `eth_call` is asked of it.
contract MeasuredCall {
    /// @param creationCode of the contract to call
    /// @param callData of the one call, which may change nothing
    /// @dev Returns abi.encode(bool success, uint256 gasUsed, bytes answer): the call's own gas with about 150 for calling; the
    /// answer is the error if it was refused. Its first byte is 0, so that no chain takes it for code that is reserved (EIP-3541).
    constructor(bytes memory creationCode, bytes memory callData) {
        bool success;
        uint256 gasUsed;
        bytes memory answer;
        assembly ("memory-safe") {
            let target := create(0, add(creationCode, 32), mload(creationCode))
            if iszero(target) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
            let before := gas()
            success := staticcall(gas(), target, add(callData, 32), mload(callData), 0, 0)
            gasUsed := sub(before, gas())
            answer := mload(0x40)
            mstore(0x40, add(add(answer, 32), and(add(returndatasize(), 31), not(31))))
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 32), 0, returndatasize())
        }
        bytes memory result = abi.encode(success, gasUsed, answer);
        assembly ("memory-safe") {
            return(add(result, 32), mload(result))
        }
    }
}
