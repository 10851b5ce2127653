// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IDealsAll} from "../../contracts/deals/IDealsAll.sol";
import {DealsTest} from "./DealsTest.sol";

/// @notice Deals is three contracts with one address and one state.
contract PartsTest is DealsTest {
    function test_parts_knowTheSameContractsAndClock() public view {
        IDealsAll[2] memory parts = [IDealsAll(deals.matching()), IDealsAll(deals.control())];
        for (uint256 i = 0; i < 2; ++i) {
            vm.assertEq(address(parts[i].registry()), address(deals.registry()));
            vm.assertEq(address(parts[i].staking()), address(deals.staking()));
            vm.assertEq(address(parts[i].parameters()), address(deals.parameters()));
            vm.assertEq(parts[i].treasury(), deals.treasury());
            vm.assertEq(parts[i].genesis(), deals.genesis());
            vm.assertEq(parts[i].epochDuration(), deals.epochDuration());
            vm.assertEq(parts[i].dealCount(), 0);
        }
    }

    function test_parts_refuseWhatIsNotAsked_atDeals() public {
        _assignBoth();
        _work(1);
        IDealsAll matching = IDealsAll(deals.matching());
        IDealsAll control = IDealsAll(deals.control());
        IDeals.Terms memory terms = _terms(2);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        bytes memory unknown = abi.encodeWithSelector(IDeals.DealsUnknown.selector, deal);
        vm.startPrank(developer);
        vm.expectRevert(unknown);
        matching.matchDeal(deal, terms, candidates);
        vm.expectRevert(unknown);
        matching.challenge(deal, terms, node1, node2);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerUnknown.selector, deal, node1));
        matching.payTip(deal, node1);
        vm.expectRevert(unknown);
        control.withdraw(deal, 1, developer);
        vm.expectRevert(unknown);
        control.stop(deal);
        vm.expectRevert(unknown);
        control.setTarget(deal, terms, 1, new NodeId[](0));
        vm.expectRevert(unknown);
        control.dismiss(deal, node1);
        vm.expectRevert(unknown);
        control.resign(deal, node1);
        vm.expectRevert(unknown);
        control.endWorker(deal, node1);
        vm.expectRevert(unknown);
        control.evict(deal, node1);
        bytes memory nobodys = _unauthorized(developer, address(0));
        vm.expectRevert(nobodys);
        control.bar(deal, provider1);
        vm.expectRevert(nobodys);
        control.unbar(deal, provider1);
        vm.expectRevert(nobodys);
        control.setScaler(deal, developer, 1);
        vm.stopPrank();
    }

    function test_parts_takeNoCoins_andNoUnknownCalls() public {
        (bool done, ) = address(deals).call{value: 0}("");
        vm.assertFalse(done, "no call data");
        (done, ) = address(deals).call(hex"12345678");
        vm.assertFalse(done, "unknown function");
        (done, ) = address(deals).call(hex"1234");
        vm.assertFalse(done, "too short for a function");
        (done, ) = address(deals).call{value: 1}(abi.encodeCall(deals.stop, (deal)));
        vm.assertFalse(done, "coins with a call that is passed on");
        vm.assertEq(address(deals).balance, 0);
    }
}
