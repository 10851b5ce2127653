// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDealsControl} from "./IDealsControl.sol";
import {IDealsMatching} from "./IDealsMatching.sol";
import {IDealsMoney} from "./IDealsMoney.sol";

/// @title Everything that the address of Deals answers
/// @notice What clients use; the ABI of the SDK.
interface IDealsAll is IDealsMoney, IDealsMatching, IDealsControl {}
