// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EpochBitmap} from "../libraries/EpochBitmap.sol";
import {TokenTransfer} from "../libraries/TokenTransfer.sol";
import {Billing} from "./Billing.sol";
import {DealsPay} from "./DealsPay.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsControl} from "./IDealsControl.sol";

/// @title Many workers' pay in one call
/// @dev No item can make the others fail: every condition is looked at before anything is written, nothing but our own
/// contracts is called for an item, tokens are sent at the end and each of them may fail by itself.
abstract contract DealsClaims is IDealsControl, DealsPay {
    uint256 private constant MAX_TOKENS = 8;

    /// @dev More than an item takes that writes every account for the first time, without its words of attendance.
    uint256 private constant GAS_PER_ITEM = 100_000;

    /// @dev More than reading 256 epochs of a worker takes.
    uint256 private constant GAS_PER_WORD = 10_000;

    /// @dev Most a token may use for one transfer.
    uint256 private constant GAS_PER_TRANSFER = 200_000;

    /// @dev What must be left for each token at the end: its transfer, a 63rd of it besides, and the books if it fails.
    uint256 private constant GAS_PER_TOKEN = GAS_PER_TRANSFER + 40_000;

    /// @dev A call of claimAll under way.
    /// @param tokens those met so far, in that order
    /// @param amounts what the caller earned in each
    /// @param count of tokens
    struct Batch {
        uint32 upToEpoch;
        uint256 count;
        address[MAX_TOKENS] tokens;
        uint256[MAX_TOKENS] amounts;
    }

    /// @inheritdoc IDealsControl
    function claimAll(
        IDeals.ClaimItem[] calldata items,
        uint32 upToEpoch,
        address recipient
    ) external nonReentrant returns (uint256 looked) {
        require(recipient != address(0), IDeals.DealsZeroAddress());
        Batch memory batch;
        batch.upToEpoch = upToEpoch;
        while (looked < items.length && _claimItem(batch, items[looked])) ++looked;
        require(looked == items.length || looked != 0, IDeals.DealsOutOfGas());

        for (uint256 i = 0; i < batch.count; ++i) {
            (address token, uint256 amount) = (batch.tokens[i], batch.amounts[i]);
            if (amount == 0) continue;
            if (TokenTransfer.tryTransfer(token, recipient, amount, GAS_PER_TRANSFER)) {
                emit IDeals.EarningsWithdrawn(msg.sender, token, recipient, amount);
            } else {
                _earnings[msg.sender][token] += amount;
                emit IDeals.EarningsKept(msg.sender, token, recipient, amount);
            }
        }
    }

    /// @dev Settles the worker or says why not. False, and nothing done, if there is no gas or no place for its token.
    function _claimItem(Batch memory batch, IDeals.ClaimItem calldata item) private returns (bool) {
        IDeals.Worker memory worker = _workers[item.deal][item.node];
        uint256 words = 0;
        if (worker.firstEpoch != 0) {
            uint256 last = EpochBitmap.wordOf(Math.min(batch.upToEpoch, currentEpoch()));
            words = 1 + Math.saturatingSub(last, EpochBitmap.wordOf(worker.settledEpoch));
        }
        if (gasleft() < GAS_PER_ITEM + words * GAS_PER_WORD + (batch.count + 1) * GAS_PER_TOKEN) return false;

        address token = _deals[item.deal].paymentToken;
        if (token == address(0)) return _skip(item, IDeals.ClaimRefusal.DealUnknown);
        if (worker.firstEpoch == 0) return _skip(item, IDeals.ClaimRefusal.WorkerUnknown);
        if (registry.payoutOf(worker.provider) != msg.sender) return _skip(item, IDeals.ClaimRefusal.NotPayout);
        (IDeals.Deal memory d, Billing.Decision memory pending) = _decided(item.deal);
        IDeals.Owed memory due = _owed(item.deal, d, pending, item.node, worker, batch.upToEpoch);
        if (due.throughEpoch <= worker.settledEpoch) return _skip(item, IDeals.ClaimRefusal.NothingOwed);

        uint256 place = 0;
        while (place < batch.count && batch.tokens[place] != token) ++place;
        if (place == MAX_TOKENS) return false;
        if (place == batch.count) batch.tokens[batch.count++] = token;
        batch.amounts[place] += due.pay;
        _book(item.deal, token, item.node, due, msg.sender, address(0));
        return true;
    }

    function _skip(IDeals.ClaimItem calldata item, IDeals.ClaimRefusal reason) private returns (bool) {
        emit IDeals.ClaimSkipped(item.deal, item.node, reason);
        return true;
    }
}
