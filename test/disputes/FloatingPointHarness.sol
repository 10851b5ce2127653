// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FloatingPoint} from "../../contracts/disputes/FloatingPoint.sol";

/// @notice Computes many cases in one call.
contract FloatingPointHarness {
    /// @param cases the operands of each, the first one in the upper 64 bits
    /// @return results the trap and the result of each, likewise
    function computeAll(uint256 opcode, uint128[] calldata cases) external pure returns (uint128[] memory results) {
        results = new uint128[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            (uint256 result, uint256 trap) = FloatingPoint.compute(opcode, cases[i] >> 64, uint64(cases[i]));
            // a result that has more than 64 bits shows as another trap
            results[i] = uint128((trap << 64) | result);
        }
    }

    /// @return gas_ taken by one case
    function gasOf(uint256 opcode, uint256 a, uint256 b) external view returns (uint256 gas_) {
        gas_ = gasleft();
        FloatingPoint.compute(opcode, a, b);
        gas_ -= gasleft();
    }
}
