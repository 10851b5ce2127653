// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract ResignTest is DealsTest {
    function test_resign_givesNotice() public {
        _assignOne();
        _work(1);
        uint32 notice = _epoch() + NOTICE;
        vm.expectEmit(address(deals));
        emit IDeals.WorkerResigned(deal, node1, notice);
        vm.prank(owner1);
        deals.resign(deal, node1);
        vm.assertEq(deals.noticeEpoch(deal, node1), notice);
        vm.assertEq(deals.getWorker(deal, node1).lastEpoch, 0);
    }

    function test_resign_keepsItsDeadline_whenTheParameterChanges() public {
        _assignOne();
        vm.prank(owner1);
        deals.resign(deal, node1);
        vm.prank(admin);
        parameters.setResignNoticeEpochs(100);
        vm.assertEq(deals.noticeEpoch(deal, node1), FIRST_EPOCH + NOTICE);
    }

    function test_resign_isForgotten_withTheWorker() public {
        _assignOne();
        vm.prank(owner1);
        deals.resign(deal, node1);
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _work(1);
        deals.release(deal, node1);
        vm.assertEq(deals.noticeEpoch(deal, node1), 0);
    }

    function test_resign_reverts_whenGivenBefore() public {
        _assignOne();
        vm.startPrank(owner1);
        deals.resign(deal, node1);
        vm.expectRevert(
            abi.encodeWithSelector(IDeals.DealsAlreadyResigned.selector, deal, node1, FIRST_EPOCH + NOTICE)
        );
        deals.resign(deal, node1);
        vm.stopPrank();
    }

    function test_resign_reverts_whenTheCallerIsNotTheProvider() public {
        _assignOne();
        vm.expectRevert(_unauthorized(developer, owner1));
        vm.prank(developer);
        deals.resign(deal, node1);
    }

    function test_resign_reverts_whenTheWorkerHasEnded() public {
        _assignOne();
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerEnded.selector, deal, node1, FIRST_EPOCH + 1));
        vm.prank(owner1);
        deals.resign(deal, node1);
    }

    function test_resign_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        vm.prank(owner1);
        deals.resign(deal, node1);
    }

    function test_resign_reverts_whenTheDealIsUnknown() public {
        deals.resign(_unknownDeal(), node1);
    }
}
