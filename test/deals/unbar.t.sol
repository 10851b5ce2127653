// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract UnbarTest is DealsTest {
    function test_unbar_letsTheProviderInAgain() public {
        vm.startPrank(developer);
        deals.bar(deal, provider1);
        vm.expectEmit(address(deals));
        emit IDeals.ProviderUnbarred(deal, provider1);
        deals.unbar(deal, provider1);
        vm.stopPrank();
        vm.assertFalse(deals.isBarred(deal, provider1));
        _assignOne();
    }

    function test_unbar_doesNothing_whenNotBarred() public {
        vm.recordLogs();
        vm.prank(developer);
        deals.unbar(deal, provider1);
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_unbar_reverts_whenTheCallerIsNotTheOwner() public {
        vm.prank(developer);
        deals.bar(deal, provider1);
        vm.expectRevert(_unauthorized(owner1, developer));
        vm.prank(owner1);
        deals.unbar(deal, provider1);
    }
}
