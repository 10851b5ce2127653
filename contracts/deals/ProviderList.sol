// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../libraries/Ids.sol";

/// @title The provider of each worker of a deal, packed
/// @notice A multiset: an id stands once for each worker. The first three share a slot with the deal's owner, so that the
/// first match of most deals pays for no fresh slot; the rest stand eight to a word. The length is kept by the caller (the
/// deal's worker count), and what stands beyond it is stale: a deal that shrinks and grows again pays for no fresh slot.
library ProviderList {
    /// @param owner of the deal
    /// @param first ids 0 to 2, 32 bits each, the first one lowest
    /// @param rest ids from 3 on
    struct List {
        address owner;
        uint96 first;
        mapping(uint256 word => uint256 ids) rest;
    }

    uint256 private constant ID_MASK = type(uint32).max;
    uint256 private constant IN_FIRST = 3;
    uint256 private constant IN_WORD = 8;

    /// @notice How often `id` stands among the first `length` entries.
    function count(List storage list, uint256 length, ProviderId id) internal view returns (uint256 found) {
        uint256 wanted = ProviderId.unwrap(id);
        uint256 ids = list.first;
        uint256 leftInWord = IN_FIRST;
        // Counters stay below `length`, and the word is reloaded before leftInWord could pass 0.
        unchecked {
            for (uint256 i = 0; i < length; ++i) {
                if (leftInWord == 0) {
                    ids = list.rest[(i - IN_FIRST) / IN_WORD];
                    leftInWord = IN_WORD;
                }
                if (ids & ID_MASK == wanted) ++found;
                ids >>= 32;
                --leftInWord;
            }
        }
    }

    /// @notice Appends `id` to a list of `length` entries.
    function push(List storage list, uint256 length, ProviderId id) internal {
        _set(list, length, ProviderId.unwrap(id));
    }

    /// @notice Removes one occurrence of `id` from a list of `length` entries: the last entry takes its place.
    /// @dev The caller knows that it is there; if it were not, the last entry would be lost.
    function remove(List storage list, uint256 length, ProviderId id) internal {
        uint256 wanted = ProviderId.unwrap(id);
        uint256 last = _get(list, length - 1);
        for (uint256 i = 0; last != wanted && i < length; ++i) {
            if (_get(list, i) == wanted) {
                _set(list, i, last);
                return;
            }
        }
    }

    function _get(List storage list, uint256 index) private view returns (uint256) {
        if (index < IN_FIRST) return (list.first >> (32 * index)) & ID_MASK;
        index -= IN_FIRST;
        return (list.rest[index / IN_WORD] >> (32 * (index % IN_WORD))) & ID_MASK;
    }

    function _set(List storage list, uint256 index, uint256 id) private {
        if (index < IN_FIRST) {
            list.first = uint96(_replaced(list.first, index, id)); // ids 0 to 2 take 96 bits
        } else {
            index -= IN_FIRST;
            list.rest[index / IN_WORD] = _replaced(list.rest[index / IN_WORD], index % IN_WORD, id);
        }
    }

    function _replaced(uint256 ids, uint256 index, uint256 id) private pure returns (uint256) {
        return (ids & ~(ID_MASK << (32 * index))) | (id << (32 * index));
    }
}
