// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "../deals/DealsTest.sol";

/// @notice Attack: nobody touches a deal for 1,000 epochs, in which its node comes and goes and its money may end. One claim
/// then pays, to the unit, what a claim in each epoch would have; it takes no more than the words that it reads.
contract SparseSettlementTest is DealsTest {
    uint256 private constant EPOCHS = 1_000;

    function test_attack_thousandEpochsInOneClaim_whileThereIsMoney() public {
        _assertSame(EPOCHS + 1);
    }

    function test_attack_thousandEpochsInOneClaim_whenTheMoneyEnds() public {
        _assertSame(612);
    }

    /// @dev The deposit pays for `funded` epochs.
    function _assertSame(uint256 funded) private {
        IDeals.Terms memory terms = _terms(2);
        deal = _createDeal(terms, funded * PRICE);
        _match(deal, terms, node1);
        uint256 snapshot = vm.snapshotState();
        uint256[4] memory eager = _live(funded, true);
        vm.revertToState(snapshot);
        uint256[4] memory late = _live(funded, false);
        for (uint256 i = 0; i < 4; ++i) vm.assertEq(late[i], eager[i]);
        uint256 inThisEpoch = funded > EPOCHS ? PRICE : 0;
        vm.assertEq(late[0] + late[1] + late[2] + late[3] + inThisEpoch, funded * PRICE, "to the last unit");
    }

    /// @return ends pay, fee, refund, balance
    function _live(uint256 funded, bool eager) private returns (uint256[4] memory ends) {
        uint256 present = 0;
        for (uint256 i = 1; i <= EPOCHS; ++i) {
            _skipEpochs(1);
            if (uint256(keccak256(abi.encode(i / 3))) % 3 != 0) {
                _attend(node1);
                if (i <= funded) ++present;
            }
            if (eager) _settle();
        }
        _skipEpochs(1);
        if (!eager) vm.assertEq(deals.getWorker(deal, node1).settledEpoch, FIRST_EPOCH);
        _settle();
        ends[0] = deals.earnings(owner1, address(token));
        ends[1] = deals.fees(address(token));
        ends[2] = deals.refunds(developer, address(token));
        ends[3] = deals.getDeal(deal).deal.balance;
        vm.assertEq(ends[0], present * (PRICE - FEE));
    }

    /// @dev If an epoch is completed that was not settled; an end for want of money leaves none.
    function _settle() private {
        if (deals.owed(deal, node1).throughEpoch == deals.getWorker(deal, node1).settledEpoch) return;
        deals.settleWorker(deal, node1, EVER);
        // At most five words of attendance, as many of unfunded epochs, and the books for the first time.
        vm.assertLt(vm.lastCallGas().gasTotalUsed, 200_000);
    }
}
