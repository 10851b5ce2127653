// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderList} from "../../contracts/deals/ProviderList.sol";
import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {Test} from "../lib/Test.sol";

contract ProviderListTest is Test {
    using ProviderList for ProviderList.List;

    ProviderList.List private list;
    uint256 private length;
    mapping(ProviderId id => uint256) private expected;

    /// @notice Pushes and removals in any order: each id is counted as often as it stands there, and the owner stays.
    function testFuzz_list_countsLikeAMultiset(uint256 seed, uint8 steps) public {
        list.owner = address(this);
        for (uint256 i = 0; i < steps; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            ProviderId id = ProviderId.wrap(uint32(1 + ((random >> 8) % 5)));
            bool push = random % 5 < 3;
            if (push && length < 32) {
                list.push(length++, id);
                ++expected[id];
            } else if (!push && expected[id] != 0) {
                list.remove(length--, id);
                --expected[id];
            }
            for (uint32 other = 1; other <= 5; ++other) {
                vm.assertEq(list.count(length, ProviderId.wrap(other)), expected[ProviderId.wrap(other)]);
            }
        }
        vm.assertEq(list.owner, address(this));
    }

    function test_list_keepsTheLargestIds_atEveryPlace() public {
        ProviderId largest = ProviderId.wrap(type(uint32).max);
        for (uint256 i = 0; i < 32; ++i) list.push(i, largest);
        vm.assertEq(list.count(32, largest), 32);
        vm.assertEq(list.owner, address(0));
        list.remove(32, largest);
        list.push(31, ProviderId.wrap(7));
        vm.assertEq(list.count(32, largest), 31);
        vm.assertEq(list.count(32, ProviderId.wrap(7)), 1);
    }

    function test_list_isEmpty_whateverStandsBeyondItsLength() public {
        list.push(0, ProviderId.wrap(7));
        list.remove(1, ProviderId.wrap(7));
        vm.assertEq(list.count(0, ProviderId.wrap(7)), 0);
    }
}
