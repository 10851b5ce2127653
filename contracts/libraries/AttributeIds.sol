// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How attributes of nodes are named
/// @notice docs/protocol.md, "Registry". 0 to 5 are the packed ones, in the order of `IRegistry.Attributes`; all others go
/// by a name: short ASCII, left-aligned. So every id below 256^31 that is no packed attribute is invalid.
library AttributeIds {
    uint256 internal constant PACKED = 6;
    /// @dev The least name: what begins with a byte that is not 0.
    uint256 private constant FIRST_NAME = 1 << 248;

    /// @notice True for 0 to 5.
    function isPacked(bytes32 attribute) internal pure returns (bool) {
        return uint256(attribute) < PACKED;
    }

    /// @notice True for what begins with a byte that is not 0.
    function isName(bytes32 attribute) internal pure returns (bool) {
        return uint256(attribute) >= FIRST_NAME;
    }
}
