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
abstract contract DealsMoney is IDeals, DealsBase {
    using SafeERC20 for IERC20;

    // ---- workers ----

    /// @inheritdoc IDeals
    function claim(
        DealId deal,
        NodeId node,
        uint32 upToEpoch,
        address recipient
    ) external nonReentrant returns (uint256 pay) {
        require(recipient != address(0), DealsZeroAddress());
        (Deal memory d, Billing.Decision memory x) = _decided(deal);
        pay = _payWorker(deal, d, x, node, upToEpoch, recipient);
        if (pay != 0) IERC20(d.paymentToken).safeTransfer(recipient, pay);
    }

    /// @inheritdoc IDeals
    function settleWorker(DealId deal, NodeId node, uint32 upToEpoch) external returns (uint256 pay) {
        (Deal memory d, Billing.Decision memory x) = _decided(deal);
        pay = _payWorker(deal, d, x, node, upToEpoch, address(0));
    }

    /// @inheritdoc IDeals
    function release(DealId deal, NodeId node) external {
        Deal memory d = _settle(deal);
        Worker memory worker = _workerOf(deal, node);
        uint32 last = _lastEpochOf(worker, d);
        require(currentEpoch() > last, DealsWorkerRunning(deal, node));
        if (worker.settledEpoch < last) {
            Billing.Decision memory nothingPending;
            _payWorker(deal, d, nothingPending, node, last, address(0));
        }

        delete _workers[deal][node];
        delete _notices[deal][node];
        _creditTip(deal, node, d.paymentToken);
        uint96 unlocked =
            Billing.lockOf(worker.lockMilliMill) - Billing.slashOf(worker.lockMilliMill, worker.slashedBps);
        emit WorkerReleased(deal, node, unlocked);
        registry.returnUnits(node, d.unitsPerWorker);
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
    function getWorker(DealId deal, NodeId node) external view returns (Worker memory) {
        return _workers[deal][node];
    }

    /// @inheritdoc IDeals
    function owed(DealId deal, NodeId node) external view returns (Owed memory) {
        (Deal memory d, Billing.Decision memory x) = _decided(deal);
        return _owed(deal, d, x, node, _workerOf(deal, node), type(uint32).max);
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

    /// @dev Settles the worker. Fee and refund are booked; the pay is too if there is no recipient, else the payout address
    /// must be the caller, and this function's caller sends it.
    function _payWorker(
        DealId deal,
        Deal memory d,
        Billing.Decision memory pending,
        NodeId node,
        uint32 upToEpoch,
        address recipient
    ) private returns (uint256) {
        Worker memory worker = _workerOf(deal, node);
        address payout = registry.payoutOf(worker.provider);
        if (recipient != address(0)) _checkCaller(deal, payout);
        Owed memory due = _owed(deal, d, pending, node, worker, upToEpoch);
        require(due.throughEpoch > worker.settledEpoch, DealsNothingOwed(payout, d.paymentToken));

        _workers[deal][node].settledEpoch = due.throughEpoch;
        if (due.fee != 0) _fees[d.paymentToken] += due.fee;
        if (due.refund != 0) _refunds[_lists[deal].owner][d.paymentToken] += due.refund;
        if (due.pay != 0 && recipient == address(0)) _earnings[payout][d.paymentToken] += due.pay;
        emit WorkerPaid(deal, node, due.throughEpoch, due.pay, due.fee, due.refund, payout, recipient);
        return due.pay;
    }

    /// @dev What the completed epochs up to `upToEpoch` come to. `d` is decided; `pending` is what storage lacks of that.
    function _owed(
        DealId deal,
        Deal memory d,
        Billing.Decision memory pending,
        NodeId node,
        Worker memory worker,
        uint32 upToEpoch
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
