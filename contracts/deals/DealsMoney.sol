// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EpochBitmap} from "../libraries/EpochBitmap.sol";
import {DealId, NodeId} from "../libraries/Ids.sol";
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {IDeals} from "./IDeals.sol";

/// @title What workers earned and owners get back: settled, then pulled
abstract contract DealsMoney is DealsBase {
    using SafeERC20 for IERC20;

    // ---- workers ----

    /// @inheritdoc IDeals
    function claim(
        DealId deal,
        Terms calldata terms,
        NodeId node,
        uint32 upToEpoch,
        address recipient
    ) external nonReentrant returns (uint256 pay) {
        require(recipient != address(0), DealsZeroAddress());
        Deal memory d = _settleWithTerms(deal, terms);
        Worker memory worker = _workerOf(deal, node);
        address payout = _payoutOf(worker.provider);
        _checkCaller(deal, payout);
        pay = _settleWorker(deal, terms, d, node, worker, upToEpoch, payout, recipient);
        if (pay != 0) IERC20(terms.paymentToken).safeTransfer(recipient, pay);
    }

    /// @inheritdoc IDeals
    function settleWorker(
        DealId deal,
        Terms calldata terms,
        NodeId node,
        uint32 upToEpoch
    ) external returns (uint256 pay) {
        Deal memory d = _settleWithTerms(deal, terms);
        Worker memory worker = _workerOf(deal, node);
        pay = _credit(deal, terms, d, node, worker, upToEpoch);
    }

    /// @inheritdoc IDeals
    function release(DealId deal, Terms calldata terms, NodeId node) external {
        Deal memory d = _settleWithTerms(deal, terms);
        Worker memory worker = _workerOf(deal, node);
        uint32 last = _lastEpochOf(worker, d);
        require(currentEpoch() > last, DealsWorkerRunning(deal, node));
        if (worker.settledEpoch < last) _credit(deal, terms, d, node, worker, last);

        delete _workers[deal][node];
        delete _notices[deal][node];
        uint96 unlocked =
            Billing.lockOf(worker.lockMilliMill) - Billing.slashOf(worker.lockMilliMill, worker.slashedBps);
        emit WorkerReleased(deal, node, unlocked);
        registry.returnUnits(node, terms.unitsPerWorker);
        staking.unlock(worker.provider, unlocked);
    }

    // ---- pulling ----

    /// @inheritdoc IDeals
    function withdrawEarnings(address token, address to) external nonReentrant returns (uint256 amount) {
        amount = _take(_earnings[msg.sender], token, to);
        emit EarningsWithdrawn(msg.sender, token, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc IDeals
    function withdrawRefund(address token, address to) external nonReentrant returns (uint256 amount) {
        amount = _take(_refunds[msg.sender], token, to);
        emit RefundWithdrawn(msg.sender, token, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc IDeals
    function collectFees(address token) external nonReentrant returns (uint256 amount) {
        amount = _take(_fees, token, treasury);
        emit FeesCollected(token, treasury, amount);
        IERC20(token).safeTransfer(treasury, amount);
    }

    // ---- views ----

    /// @inheritdoc IDeals
    function owed(DealId deal, Terms calldata terms, NodeId node) external view returns (Owed memory) {
        _checkTerms(deal, terms);
        (Deal memory d, Billing.Decision memory x) = _decided(deal);
        return _owed(deal, terms, d, node, _workerOf(deal, node), type(uint32).max, x);
    }

    /// @inheritdoc IDeals
    function earnings(address payout, address token) external view returns (uint256) {
        return _earnings[payout][token];
    }

    /// @inheritdoc IDeals
    function refunds(address owner, address token) external view returns (uint256) {
        return _refunds[owner][token];
    }

    /// @inheritdoc IDeals
    function fees(address token) external view returns (uint256) {
        return _fees[token];
    }

    // ---- internal ----

    /// @dev Settles the worker and credits its pay to the payout address.
    function _credit(
        DealId deal,
        Terms calldata terms,
        Deal memory d,
        NodeId node,
        Worker memory worker,
        uint32 upToEpoch
    ) private returns (uint256 pay) {
        address payout = _payoutOf(worker.provider);
        pay = _settleWorker(deal, terms, d, node, worker, upToEpoch, payout, address(0));
        if (pay != 0) _earnings[payout][terms.paymentToken] += pay;
    }

    /// @dev Books fee and refund and marks the epochs as paid; the caller sees to the pay.
    function _settleWorker(
        DealId deal,
        Terms calldata terms,
        Deal memory d,
        NodeId node,
        Worker memory worker,
        uint32 upToEpoch,
        address payout,
        address recipient
    ) private returns (uint256) {
        Billing.Decision memory nothingPending;
        Owed memory due = _owed(deal, terms, d, node, worker, upToEpoch, nothingPending);
        require(due.throughEpoch > worker.settledEpoch, DealsNothingOwed(payout, terms.paymentToken));
        _workers[deal][node].settledEpoch = due.throughEpoch;
        if (due.fee != 0) _fees[terms.paymentToken] += due.fee;
        if (due.refund != 0) _refunds[d.owner][terms.paymentToken] += due.refund;
        emit WorkerPaid(deal, node, due.throughEpoch, due.pay, due.fee, due.refund, payout, recipient);
        return due.pay;
    }

    /// @dev What the completed epochs up to `upToEpoch` come to. `d` is decided; `pending` is what storage lacks of that.
    function _owed(
        DealId deal,
        Terms calldata terms,
        Deal memory d,
        NodeId node,
        Worker memory worker,
        uint32 upToEpoch,
        Billing.Decision memory pending
    ) private view returns (Owed memory due) {
        uint256 through = Math.min(upToEpoch, Math.min(_lastCompletedEpoch(), _lastEpochOf(worker, d)));
        if (through <= worker.settledEpoch) {
            due.throughEpoch = worker.settledEpoch;
            return due;
        }
        due.throughEpoch = uint32(through); // at most upToEpoch
        uint256 from = uint256(worker.settledEpoch) + 1;
        uint256 lastWord = EpochBitmap.wordOf(through);
        for (uint256 word = EpochBitmap.wordOf(from); word <= lastWord; ++word) {
            uint256 funded = EpochBitmap.rangeMask(word, from, through) & ~_unfundedBits(deal, word, pending);
            uint256 attended = _attendedWord(node, word);
            // at most the number of epochs, a uint32
            due.paidEpochs += uint32(EpochBitmap.popcount(funded & attended));
            due.missedEpochs += uint32(EpochBitmap.popcount(funded & ~attended));
        }
        (due.pay, due.fee, due.refund) = Billing.share(
            uint256(worker.pricePerUnitEpoch) * terms.unitsPerWorker,
            d.feeBps,
            due.paidEpochs,
            due.missedEpochs
        );
    }

    /// @dev Empties an account that is about to be paid out.
    function _take(
        mapping(address token => uint256) storage account,
        address token,
        address to
    ) private returns (uint256 amount) {
        require(to != address(0), DealsZeroAddress());
        amount = account[token];
        require(amount != 0, DealsNothingOwed(msg.sender, token));
        account[token] = 0;
    }
}
