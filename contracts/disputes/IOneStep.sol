// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title OneStep: one instruction of the deterministic machine, executed again
/// @notice docs/machine.md is the specification: "State", "Instructions" and "Witness". No storage, no owner, no other contract:
/// the same arguments give the same answer for ever.
interface IOneStep {
    /// @notice What stands beside the state and never changes in a run: the function's commitment and the call fix it.
    /// @param codeRoot root of the instructions
    /// @param dataRoot root of the passive data segments
    /// @param inputRoot root of the call's input
    /// @param maxPages most pages of memory, 64 KiB each; more than 65,536 count as 65,536
    /// @param inLen length of the input in bytes; more than 2^25 count as 2^25
    struct Program {
        bytes32 codeRoot;
        bytes32 dataRoot;
        bytes32 inputRoot;
        uint32 maxPages;
        uint32 inLen;
    }

    /// @notice The witness has another length than what it holds: it was cut short, or something stands behind its end.
    /// @param expected bytes that its parts take
    /// @param actual bytes that were given
    error WitnessLengthDiffers(uint256 expected, uint256 actual);
    /// @notice It is a witness of a state with the hash `actual`.
    error WitnessStateDiffers(bytes32 expected, bytes32 actual);
    /// @notice Its instruction belongs to a program with the root `actual`.
    error WitnessCodeDiffers(bytes32 expected, bytes32 actual);
    /// @notice What it shows of the input belongs to an input with the root `actual`.
    error WitnessInputDiffers(bytes32 expected, bytes32 actual);
    /// @notice What it shows of the data belongs to data with the root `actual`.
    error WitnessDataDiffers(bytes32 expected, bytes32 actual);
    /// @notice It opens `count` leaves of a space at once; at most `most` fit.
    error WitnessTooManyLeaves(uint256 count, uint256 most);
    /// @notice It opens the same leaf twice.
    error WitnessLeafTwice(uint256 leaf);
    /// @notice It opens a leaf behind the last one of a space, whose tree has 2^depth of them.
    error WitnessLeafOutOfRange(uint256 leaf, uint256 depth);
    /// @notice A mask names siblings that there are not: `rest` is what is left of it behind the last sibling.
    error WitnessMaskTooLong(uint256 rest);
    /// @notice The step reads or writes a leaf that is not opened.
    error WitnessLeafMissing(uint256 leaf);

    /// @notice Does the one step that follows a state.
    /// @param state hash of the state before the step
    /// @param program what the run's program, input and limits fix
    /// @param witness what the step needs of the state, in the format of docs/machine.md, "Witness"
    /// @return next hash of the state after the step; every state has exactly one. A state whose status is not 0 is its own
    /// successor. A witness that is not one of a step from `state` is refused, and any other gives the same answer
    /// @dev Reverts: WitnessLengthDiffers, WitnessStateDiffers, WitnessCodeDiffers, WitnessInputDiffers, WitnessDataDiffers,
    /// WitnessTooManyLeaves, WitnessLeafTwice, WitnessLeafOutOfRange, WitnessMaskTooLong, WitnessLeafMissing.
    function step(bytes32 state, Program calldata program, bytes calldata witness) external pure returns (bytes32 next);
}
