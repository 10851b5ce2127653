// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "./IDeals.sol";
import {IDealsControl} from "./IDealsControl.sol";
import {IDealsMatching} from "./IDealsMatching.sol";

/// @title Everything that the address of Deals answers
/// @notice What clients use; the ABI of the SDK.
interface IDealsAll is IDeals, IDealsMatching, IDealsControl {}
