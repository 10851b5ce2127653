// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IStablecoin} from "../lib/Contracts.sol";
import {DealsTest} from "./DealsTest.sol";

contract ClaimAllTest is DealsTest {
    function test_claimAll_paysAll_withOneTransfer() public {
        DealId second = _secondDeal();
        _work(3); // the third is not over
        uint256 pay = 2 * (PRICE - FEE);
        for (uint64 id = 1; id <= 2; ++id) {
            vm.expectEmit(address(deals));
            emit IDeals.WorkerPaid(DealId.wrap(id), node1, _epoch() - 1, pay, 2 * FEE, 0, owner1, address(0));
        }
        vm.expectEmit(address(deals));
        emit IDeals.EarningsWithdrawn(owner1, address(token), stranger, 2 * pay);
        vm.prank(owner1);
        vm.assertEq(deals.claimAll(_items(deal, second), EVER, stranger), 2);
        vm.assertEq(token.balanceOf(stranger), 2 * pay);
        vm.assertEq(deals.earnings(owner1, address(token)), 0);
        vm.assertEq(deals.fees(address(token)), 4 * FEE);
        vm.assertEq(deals.getWorker(second, node1).settledEpoch, _epoch() - 1);
    }

    function test_claimAll_refunds_whatWasMissed() public {
        DealId second = _secondDeal();
        _work(1);
        _skipEpochs(2);
        vm.prank(owner1);
        deals.claimAll(_items(deal, second), EVER, owner1);
        vm.assertEq(token.balanceOf(owner1), 2 * (PRICE - FEE));
        vm.assertEq(deals.refunds(developer, address(token)), 2 * PRICE);
    }

    /// @notice Earnings credited before are not what was asked for.
    function test_claimAll_leavesEarlierEarnings() public {
        DealId second = _secondDeal();
        _work(2);
        deals.settleWorker(deal, node1, EVER);
        vm.prank(owner1);
        deals.claimAll(_items(deal, second), EVER, stranger);
        vm.assertEq(token.balanceOf(stranger), PRICE - FEE);
        vm.assertEq(deals.earnings(owner1, address(token)), PRICE - FEE);
    }

    function test_claimAll_stops_atTheGivenEpoch() public {
        DealId second = _secondDeal();
        _work(4);
        vm.startPrank(owner1);
        deals.claimAll(_items(deal, second), FIRST_EPOCH + 1, owner1);
        vm.assertEq(token.balanceOf(owner1), 2 * (PRICE - FEE));
        deals.claimAll(_items(deal, second), EVER, owner1);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(owner1), 6 * (PRICE - FEE));
    }

    function test_claimAll_skips_withTheReason_andPaysTheOthers() public {
        _assignBoth();
        _work(2);
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](6);
        items[0] = IDeals.ClaimItem(DealId.wrap(99), node1);
        items[1] = IDeals.ClaimItem(deal, NodeId.wrap(99));
        items[2] = IDeals.ClaimItem(deal, node2);
        items[3] = IDeals.ClaimItem(deal, node1);
        items[4] = IDeals.ClaimItem(deal, node1);
        items[5] = IDeals.ClaimItem(DealId.wrap(0), NodeId.wrap(0));
        _expectSkipped(items[0], IDeals.ClaimRefusal.DealUnknown);
        _expectSkipped(items[1], IDeals.ClaimRefusal.WorkerUnknown);
        _expectSkipped(items[2], IDeals.ClaimRefusal.NotPayout);
        _expectSkipped(items[4], IDeals.ClaimRefusal.NothingOwed);
        _expectSkipped(items[5], IDeals.ClaimRefusal.DealUnknown);
        vm.prank(owner1);
        vm.assertEq(deals.claimAll(items, EVER, owner1), 6);
        vm.assertEq(token.balanceOf(owner1), PRICE - FEE);
        vm.assertEq(deals.getWorker(deal, node2).settledEpoch, FIRST_EPOCH);
    }

    function test_claimAll_takesNothing_withoutItems() public {
        vm.assertEq(deals.claimAll(new IDeals.ClaimItem[](0), EVER, owner1), 0);
    }

    function test_claimAll_movesOn_whenAllWasMissed() public {
        DealId second = _secondDeal();
        _skipEpochs(3);
        vm.recordLogs();
        vm.prank(owner1);
        deals.claimAll(_items(deal, second), EVER, owner1);
        vm.assertEq(vm.getRecordedLogs().length, 2, "no transfer of nothing");
        vm.assertEq(deals.refunds(developer, address(token)), 4 * PRICE);
        vm.assertEq(deals.getWorker(deal, node1).settledEpoch, FIRST_EPOCH + 2);
    }

    function test_claimAll_ends_atTheNinthToken() public {
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](10);
        node1 = _newNode(provider1, 10 * UNITS, ASK);
        for (uint256 i = 0; i < 10; ++i) items[i] = IDeals.ClaimItem(_dealInNewToken(), node1);
        _work(2);
        vm.startPrank(owner1);
        vm.assertEq(deals.claimAll(items, EVER, owner1), 8);
        vm.assertEq(deals.getWorker(items[8].deal, node1).settledEpoch, FIRST_EPOCH, "left for the next call");
        IDeals.ClaimItem[] memory rest = new IDeals.ClaimItem[](2);
        (rest[0], rest[1]) = (items[8], items[9]);
        vm.assertEq(deals.claimAll(rest, EVER, owner1), 2);
        vm.stopPrank();
        for (uint256 i = 0; i < 10; ++i) {
            address paid = deals.getDeal(items[i].deal).deal.paymentToken;
            vm.assertEq(IStablecoin(paid).balanceOf(owner1), PRICE - FEE);
        }
    }

    function test_claimAll_reverts_whenTheRecipientIsZero() public {
        vm.expectRevert(IDeals.DealsZeroAddress.selector);
        deals.claimAll(new IDeals.ClaimItem[](0), EVER, address(0));
    }

    function test_claimAll_reverts_whenTheGasIsTooLittleForOne() public {
        DealId second = _secondDeal();
        _work(2);
        bytes memory data = abi.encodeCall(deals.claimAll, (_items(deal, second), EVER, owner1));
        vm.prank(owner1);
        (bool done, bytes memory result) = address(deals).call{gas: 200_000}(data);
        vm.assertFalse(done);
        vm.assertEq(bytes32(result), bytes32(IDeals.DealsOutOfGas.selector));
    }

    /// @notice The same money for everybody as one claim after the other, whatever is owed, missed and sent twice.
    function testFuzz_claimAll_paysWhatSingleClaimsPay(uint256 seed, uint32 upToEpoch) public {
        DealId second = _secondDeal();
        _match(second, _terms(2), node2);
        for (uint256 i = 0; i < seed % 8; ++i) {
            _skipEpochs(1);
            if ((seed >> (8 + 2 * i)) % 2 != 0) _attend(node1);
            if ((seed >> (9 + 2 * i)) % 2 != 0) _attend(node2);
        }
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](seed % 5);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i].deal = (seed >> (32 + 2 * i)) % 2 == 0 ? deal : second;
            items[i].node = (seed >> (33 + 2 * i)) % 2 == 0 ? node1 : node2;
        }
        if (seed % 3 != 0) upToEpoch = FIRST_EPOCH + (upToEpoch % 10);

        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < items.length; ++i) {
            vm.prank(owner1);
            (bool done, ) = address(deals).call(
                abi.encodeCall(deals.claim, (items[i].deal, items[i].node, upToEpoch, stranger))
            );
            done; // what cannot be claimed is left out
        }
        bytes32 expected = _books(second);
        vm.revertToState(snapshot);
        vm.prank(owner1);
        vm.assertEq(deals.claimAll(items, upToEpoch, stranger), items.length);
        vm.assertEq(_books(second), expected);
    }

    function _books(DealId second) private view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    [token.balanceOf(stranger), token.balanceOf(address(deals)), deals.fees(address(token))],
                    [deals.earnings(owner1, address(token)), deals.refunds(developer, address(token))],
                    [deals.owed(deal, node1), deals.owed(second, node1), deals.owed(second, node2)],
                    [deals.getWorker(deal, node1), deals.getWorker(second, node1), deals.getWorker(second, node2)]
                )
            );
    }

    function _expectSkipped(IDeals.ClaimItem memory item, IDeals.ClaimRefusal reason) private {
        vm.expectEmit(address(deals));
        emit IDeals.ClaimSkipped(item.deal, item.node, reason);
    }

    /// @dev node1 works for both.
    function _secondDeal() private returns (DealId second) {
        second = _createDeal(_terms(2), DEPOSIT);
        _assignOne();
        _match(second, _terms(2), node1);
    }

    function _dealInNewToken() private returns (DealId made) {
        IStablecoin other = _newStablecoin();
        vm.prank(owner1);
        registry.setOffer(node1, address(other), ASK, true);
        IDeals.Terms memory terms = _terms(2);
        terms.paymentToken = address(other);
        other.mint(developer, DEPOSIT);
        vm.startPrank(developer);
        other.approve(address(deals), DEPOSIT);
        made = deals.createDeal(terms, DEPOSIT);
        vm.stopPrank();
        _match(made, terms, node1);
    }

    function _items(DealId first, DealId second) private view returns (IDeals.ClaimItem[] memory items) {
        items = new IDeals.ClaimItem[](2);
        items[0] = IDeals.ClaimItem(first, node1);
        items[1] = IDeals.ClaimItem(second, node1);
    }
}
