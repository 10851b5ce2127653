// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {Test} from "../lib/Test.sol";

contract IdsTest is Test {
    function testFuzz_ids_areEqualWhenTheirNumbersAre(uint64 a, uint64 b) public pure {
        if (a % 2 == 0) b = a;
        (uint32 shortA, uint32 shortB) = (uint32(a), uint32(b));
        vm.assertEq(DealId.wrap(a) == DealId.wrap(b), a == b);
        vm.assertEq(DealId.wrap(a) != DealId.wrap(b), a != b);
        vm.assertEq(NodeId.wrap(shortA) == NodeId.wrap(shortB), shortA == shortB);
        vm.assertEq(NodeId.wrap(shortA) != NodeId.wrap(shortB), shortA != shortB);
        vm.assertEq(ProviderId.wrap(shortA) == ProviderId.wrap(shortB), shortA == shortB);
        vm.assertEq(ProviderId.wrap(shortA) != ProviderId.wrap(shortB), shortA != shortB);
    }
}
