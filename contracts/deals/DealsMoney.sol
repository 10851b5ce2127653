// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {DealId, NodeId} from "../libraries/Ids.sol";
import {Billing} from "./Billing.sol";
import {DealsPay} from "./DealsPay.sol";
import {IDealsMoney} from "./IDealsMoney.sol";

/// @title What workers earned and owners get back: settled, then pulled
abstract contract DealsMoney is IDealsMoney, DealsPay {
    using SafeERC20 for IERC20;

    // ---- workers ----

    /// @inheritdoc IDealsMoney
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

    /// @inheritdoc IDealsMoney
    function settleWorker(DealId deal, NodeId node, uint32 upToEpoch) external returns (uint256 pay) {
        (Deal memory d, Billing.Decision memory x) = _decided(deal);
        pay = _payWorker(deal, d, x, node, upToEpoch, address(0));
    }

    /// @inheritdoc IDealsMoney
    function release(DealId deal, NodeId node) external {
        Deal memory d = _settle(deal);
        Worker memory worker = _workerOf(deal, node);
        uint32 last = _lastEpochOf(worker, d);
        require(currentEpoch() > last, DealsWorkerRunning(deal, node));
        uint256 until = genesis + (uint256(last) + 1) * epochDuration + _disputeWindows[deal];
        require(block.timestamp >= until, DealsWorkerDisputable(deal, node, until));
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

    /// @inheritdoc IDealsMoney
    function withdrawEarnings(address token, address to) external nonReentrant returns (uint256 amount) {
        amount = _take(_earnings[msg.sender], token, to);
        emit EarningsWithdrawn(msg.sender, token, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc IDealsMoney
    function withdrawRefund(address token, address to) external nonReentrant returns (uint256 amount) {
        amount = _take(_refunds[msg.sender], token, to);
        emit RefundWithdrawn(msg.sender, token, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc IDealsMoney
    function collectFees(address token) external nonReentrant returns (uint256 amount) {
        amount = _take(_fees, token, treasury);
        emit FeesCollected(token, treasury, amount);
        IERC20(token).safeTransfer(treasury, amount);
    }

    // ---- views ----

    /// @inheritdoc IDealsMoney
    function getWorker(DealId deal, NodeId node) external view returns (Worker memory) {
        return _workers[deal][node];
    }

    /// @inheritdoc IDealsMoney
    function owed(DealId deal, NodeId node) external view returns (Owed memory) {
        (Deal memory d, Billing.Decision memory x) = _decided(deal);
        return _owed(deal, d, x, node, _workerOf(deal, node), type(uint32).max);
    }

    /// @inheritdoc IDealsMoney
    function earnings(address payout, address token) external view returns (uint256) {
        return _earnings[payout][token];
    }

    /// @inheritdoc IDealsMoney
    function refunds(address owner, address token) external view returns (uint256) {
        return _refunds[owner][token];
    }

    /// @inheritdoc IDealsMoney
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

        if (due.pay != 0 && recipient == address(0)) _earnings[payout][d.paymentToken] += due.pay;
        _book(deal, d.paymentToken, node, due, payout, recipient);
        return due.pay;
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
