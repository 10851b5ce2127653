// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealsTest} from "./DealsTest.sol";

/// @notice More cases stand in evict.t.sol.
contract MissedEpochsTest is DealsTest {
    function test_missedEpochs_countsAtMostWhatEvictionNeeds() public {
        _assignOne();
        _miss(1);
        vm.assertEq(deals.missedEpochs(deal, node1), 0);
        _miss(1);
        vm.assertEq(deals.missedEpochs(deal, node1), 1);
        _miss(5);
        vm.assertEq(deals.missedEpochs(deal, node1), MAX_MISSED);
    }

    function test_missedEpochs_leavesOutUnfundedEpochs_beforeTheyAreStored() public {
        _workUntilInsolvent();
        _miss(2);
        vm.assertEq(deals.missedEpochs(deal, node1), 0);
    }

    function test_missedEpochs_isNothing_onceTheWorkerIsOver() public {
        _assignOne();
        _miss(MAX_MISSED);
        vm.prank(developer);
        deals.stop(deal);
        _miss(2);
        vm.assertEq(deals.missedEpochs(deal, node1), 0);
    }

    function test_missedEpochs_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        deals.missedEpochs(deal, node1);
    }
}
