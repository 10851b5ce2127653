// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A transfer that whoever makes several of them survives
library TokenTransfer {
    /// @notice Sends tokens and says whether the token did; judges as OpenZeppelin's SafeERC20.trySafeTransfer. A token gets
    /// at most `gasLimit`, and nothing of what it returns is copied but one word: it cannot use up the caller's gas.
    /// @return success false if the token reverted, returned anything but true, or is no contract
    function tryTransfer(address token, address to, uint256 amount, uint256 gasLimit) internal returns (bool success) {
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        assembly ("memory-safe") {
            mstore(0, 0)
            success := call(gasLimit, token, 0, add(data, 0x20), mload(data), 0, 0x20)
            let returned := returndatasize()
            let isTrue := and(gt(returned, 0x1f), eq(mload(0), 1))
            let isSilent := and(iszero(returned), gt(extcodesize(token), 0))
            success := and(success, or(isTrue, isSilent))
        }
    }
}
