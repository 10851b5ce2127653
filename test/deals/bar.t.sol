// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract BarTest is DealsTest {
    function test_bar_keepsTheProviderOut_andItsWorkersIn() public {
        _assignOne();
        vm.expectEmit(address(deals));
        emit IDeals.ProviderBarred(deal, provider1);
        vm.prank(developer);
        deals.bar(deal, provider1);
        vm.assertTrue(deals.isBarred(deal, provider1));
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
    }

    function test_bar_doesNothing_whenBarred() public {
        vm.startPrank(developer);
        deals.bar(deal, provider1);
        vm.recordLogs();
        deals.bar(deal, provider1);
        vm.stopPrank();
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_bar_reverts_whenTheCallerIsNotTheOwner() public {
        vm.expectRevert(_unauthorized(stranger, developer));
        vm.prank(stranger);
        deals.bar(deal, provider1);
    }
}
