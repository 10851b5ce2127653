// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../libraries/Ids.sol";

/// @title The provider of each worker of a deal, eight to a word
/// @notice A multiset: an id stands once for each worker. Its length is kept by the caller (the deal's worker count), and
/// what stands beyond it is stale, so that a deal that shrinks and grows again pays for no fresh slot.
library ProviderList {
    uint256 private constant ID_MASK = type(uint32).max;

    /// @notice How often `id` stands among the first `length` entries.
    function count(
        mapping(uint256 word => uint256 ids) storage list,
        uint256 length,
        ProviderId id
    ) internal view returns (uint256 found) {
        uint256 wanted = ProviderId.unwrap(id);
        for (uint256 start = 0; start < length; start += 8) {
            uint256 ids = list[start >> 3];
            uint256 left = length - start;
            for (uint256 i = left < 8 ? left : 8; i != 0; --i) {
                if (ids & ID_MASK == wanted) ++found;
                ids >>= 32;
            }
        }
    }

    /// @notice Appends `id` to a list of `length` entries.
    function push(mapping(uint256 word => uint256 ids) storage list, uint256 length, ProviderId id) internal {
        _set(list, length, ProviderId.unwrap(id));
    }

    /// @notice Removes one occurrence of `id` from a list of `length` entries: the last entry takes its place.
    /// @dev The caller knows that it is there; if it were not, nothing but the last entry would be lost.
    function remove(mapping(uint256 word => uint256 ids) storage list, uint256 length, ProviderId id) internal {
        uint256 wanted = ProviderId.unwrap(id);
        uint256 last = _get(list, length - 1);
        for (uint256 i = 0; i < length; ++i) {
            if (_get(list, i) == wanted) {
                if (last != wanted) _set(list, i, last);
                return;
            }
        }
    }

    function _get(mapping(uint256 word => uint256 ids) storage list, uint256 index) private view returns (uint256) {
        return (list[index >> 3] >> ((index & 7) << 5)) & ID_MASK;
    }

    function _set(mapping(uint256 word => uint256 ids) storage list, uint256 index, uint256 id) private {
        uint256 shift = (index & 7) << 5;
        list[index >> 3] = (list[index >> 3] & ~(ID_MASK << shift)) | (id << shift);
    }
}
