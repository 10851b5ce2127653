// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "./IParameters.sol";

/// @title What every part of Parameters needs
abstract contract ParametersBase is IParameters {
    /// @inheritdoc IParameters
    address public immutable admin;

    /// @dev One slot, full.
    Values internal _values;

    modifier onlyAdmin() {
        require(msg.sender == admin, ParameterUnauthorized(msg.sender, admin));
        _;
    }

    /// @param admin_ the timelock
    constructor(address admin_) {
        require(admin_ != address(0), ParameterAdminZero());
        admin = admin_;
    }

    function _record(bytes32 name, uint256 previous, uint256 value, uint256 minimum, uint256 maximum) internal {
        require(minimum <= value && value <= maximum, ParameterOutOfBounds(name, value, minimum, maximum));
        emit ParameterSet(name, previous, value);
    }
}
