// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract OwedTest is DealsTest {
    function test_owed_isWhatSettlingPays() public {
        _workUntilInsolvent();
        _skipEpochs(2);
        IDeals.Owed memory due = deals.owed(deal, node1);
        vm.assertEq(due.throughEpoch, _epoch() - 1);
        vm.assertEq(due.paidEpochs, DEPOSIT / PRICE);
        vm.assertEq(due.missedEpochs, 0);
        deals.settleWorker(deal, node1, EVER);
        vm.assertEq(deals.earnings(owner1, address(token)), due.pay);
        vm.assertEq(deals.fees(address(token)), due.fee);
        vm.assertEq(deals.refunds(developer, address(token)), due.refund);
        due = deals.owed(deal, node1);
        vm.assertEq(due.throughEpoch, _epoch() - 1);
        vm.assertEq(due.pay + due.fee + due.refund, 0);
    }

    function test_owed_isNothing_beforeTheFirstEpochIsOver() public {
        _assignOne();
        vm.assertEq(deals.owed(deal, node1).throughEpoch, FIRST_EPOCH);
        _work(1);
        vm.assertEq(deals.owed(deal, node1).pay, 0);
    }

    function test_owed_reverts_whenThereIsNoSuchWorker() public {
        _unknownWorker(node1);
        deals.owed(deal, node1);
    }

    function test_owed_reverts_whenTheDealIsUnknown() public {
        deals.owed(_unknownDeal(), node1);
    }
}
