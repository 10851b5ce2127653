// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EpochBitmap} from "../libraries/EpochBitmap.sol";
import {DealId, NodeId} from "../libraries/Ids.sol";
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {IDeals} from "./IDeals.sol";

/// @title What a worker is owed, and how that is booked
abstract contract DealsPay is DealsBase {
    /// @dev Stores what is settled, but for the pay, which the caller sends or credits.
    function _book(
        DealId deal,
        address token,
        NodeId node,
        IDeals.Owed memory due,
        address payout,
        address recipient
    ) internal {
        _workers[deal][node].settledEpoch = due.throughEpoch;
        if (due.fee != 0) _fees[token] += due.fee;
        if (due.refund != 0) _refunds[_lists[deal].owner][token] += due.refund;
        emit IDeals.WorkerPaid(deal, node, due.throughEpoch, due.pay, due.fee, due.refund, payout, recipient);
    }

    /// @dev What the completed epochs up to `upToEpoch` come to. `d` is decided; `pending` is what storage lacks of that.
    function _owed(
        DealId deal,
        IDeals.Deal memory d,
        Billing.Decision memory pending,
        NodeId node,
        IDeals.Worker memory worker,
        uint32 upToEpoch
    ) internal view returns (IDeals.Owed memory due) {
        uint256 through = Math.min(upToEpoch, Math.min(_lastCompletedEpoch(), _lastEpochOf(worker, d)));
        if (through <= worker.settledEpoch) {
            due.throughEpoch = worker.settledEpoch;
            return due;
        }
        due.throughEpoch = uint32(through); // at most upToEpoch
        uint256 from = uint256(worker.settledEpoch) + 1;
        uint256 lastWord = EpochBitmap.wordOf(through);
        for (uint256 word = EpochBitmap.wordOf(from); word <= lastWord; ++word) {
            uint256 funded = EpochBitmap.rangeMask(word, from, through) & ~_unfundedBits(deal, d, word, pending);
            uint256 attended = _attendedWord(node, word);
            // at most the number of epochs, a uint32
            due.paidEpochs += uint32(EpochBitmap.popcount(funded & attended));
            due.missedEpochs += uint32(EpochBitmap.popcount(funded & ~attended));
        }
        (due.pay, due.fee, due.refund) = Billing.share(
            uint256(worker.pricePerUnitEpoch) * d.unitsPerWorker,
            d.feeBps,
            due.paidEpochs,
            due.missedEpochs
        );
    }
}
