// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "../deals/DealsTest.sol";

/// @notice Attack: the system is filled with nodes and deals, to make every call dearer or impossible. Invariant 10: no
/// call's gas grows with them, not by one unit. 10,000 of each in `npm run test:long`, else 50.
contract TenThousandTest is DealsTest {
    uint256 private constant CALLS = 17;

    uint256[] private _gas;

    function test_attack_tenThousandNodesAndDeals_makeNoCallDearer() public {
        uint256 count = vm.envOr("MILLRACE_LONG", false) ? 10_000 : 50;
        vm.prank(admin);
        staking.addSlasher(address(this));
        _skip(60);
        vm.prank(owner2);
        registry.setOffer(node2, address(token), ASK / 2, true);
        _nextEpoch();
        _fund(developer, 100 * DEPOSIT);
        _live(); // what is written for the first time is written
        uint256 snapshot = vm.snapshotState();
        uint256[] memory before = _live();
        vm.revertToState(snapshot);
        for (uint256 i = 0; i < count; ++i) this.addAnother(i);
        vm.assertEq(registry.nodeCount(), 2 + count);
        uint256[] memory later = _live();
        for (uint256 i = 0; i < CALLS; ++i) vm.assertEq(later[i], before[i], vm.toString(i));
    }

    /// @notice A provider with a node that works for a deal. A call of its own: it leaves no memory behind.
    function addAnother(uint256 number) external {
        (ProviderId provider, ) = _newProvider(string.concat("other", vm.toString(number)), UNITS);
        NodeId node = _newNode(provider, UNITS, ASK);
        _match(_createDeal(_terms(1), DEPOSIT), _terms(1), node);
    }

    /// @dev A deal from its creation to its end, with whatever can be called. The gas of each call.
    function _live() private returns (uint256[] memory) {
        delete _gas;
        IDeals.Terms memory terms = _terms(2);
        // always the same number in what is sent: the last deal but for those of others
        vm.prank(developer);
        DealId own = deals.createDeal(terms, DEPOSIT);
        _note();
        own = deal;
        vm.prank(developer);
        deals.topUp(own, 10);
        _note();
        _match(own, terms, node1);
        _note();
        deals.challenge(own, terms, node1, node2);
        _note();
        _nextEpoch();
        deals.release(own, node1);
        _note();
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ASK, true);
        _note();
        _match(own, terms, node1);
        _nextEpoch();
        _note();
        _nextEpoch();
        vm.prank(owner1);
        deals.claim(own, node1, EVER, owner1);
        _note();
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](1);
        items[0] = IDeals.ClaimItem(own, node2);
        vm.prank(owner2);
        deals.claimAll(items, EVER, owner2);
        _note();
        vm.prank(owner2);
        deals.resign(own, node2);
        _note();
        _skipEpochs(NOTICE);
        _attend(node1);
        deals.endWorker(own, node2);
        _note();
        deals.slashWorker(own, node2, 10, stranger);
        _note();
        vm.prank(developer);
        deals.dismiss(own, node1);
        _note();
        _nextEpoch();
        deals.release(own, node1);
        _note();
        deals.release(own, node2);
        _note();
        vm.prank(developer);
        deals.withdraw(own, 1000, developer);
        _note();
        vm.prank(holder);
        staking.stake(provider1, 1);
        _note();
        vm.prank(owner1);
        staking.requestThaw(provider1, 1);
        _note();
        return _gas;
    }

    function _note() private {
        _gas.push(vm.lastCallGas().gasTotalUsed);
    }

    function _nextEpoch() private {
        _skipEpochs(1);
        _attend(node1);
        _attend(node2);
    }
}
