// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters} from "../governance/IParameters.sol";
import {EpochClock} from "../libraries/EpochClock.sol";
import {DealId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IStaking} from "../staking/IStaking.sol";
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {DealsMatching} from "./DealsMatching.sol";
import {DealsMoney} from "./DealsMoney.sol";
import {DealsWorkers} from "./DealsWorkers.sol";
import {DealTerms} from "./DealTerms.sol";
import {IDeals} from "./IDeals.sol";

/// @title Deals: matching, billing, ending
/// @notice The developer's side of a deal stands here; matching, workers and what they earn in the parts it is made of.
contract Deals is DealsMatching, DealsWorkers, DealsMoney {
    using SafeERC20 for IERC20;

    /// @param registry_ providers, nodes, offers and attendance; same clock
    /// @param staking_ holds the locks
    /// @param parameters_ figures set by the token holders
    /// @param treasury_ receives the protocol's fees
    /// @param genesis_ unix seconds at which epoch 0 began
    /// @param epochDuration_ seconds
    constructor(
        IRegistry registry_,
        IStaking staking_,
        IParameters parameters_,
        address treasury_,
        uint64 genesis_,
        uint32 epochDuration_
    ) DealsBase(registry_, staking_, parameters_, treasury_) EpochClock(genesis_, epochDuration_) {}

    // ---- creating ----

    /// @inheritdoc IDeals
    function createDeal(Terms calldata terms, uint256 deposit) external nonReentrant returns (DealId deal) {
        return _create(terms, deposit);
    }

    /// @inheritdoc IDeals
    function createDealWithPermit(
        Terms calldata terms,
        uint256 deposit,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (DealId deal) {
        _tryPermit(terms.paymentToken, deposit, deadline, v, r, s);
        return _create(terms, deposit);
    }

    // ---- funding ----

    /// @inheritdoc IDeals
    function topUp(DealId deal, uint256 amount) external nonReentrant {
        _topUp(deal, amount);
    }

    /// @inheritdoc IDeals
    function topUpWithPermit(
        DealId deal,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        _tryPermit(_deals[deal].paymentToken, amount, deadline, v, r, s);
        _topUp(deal, amount);
    }

    /// @inheritdoc IDeals
    function withdraw(DealId deal, uint256 amount, address to) external nonReentrant {
        require(amount != 0, DealsZeroAmount());
        require(to != address(0), DealsZeroAddress());
        Deal memory d = _settle(deal);
        _checkOwner(deal);
        uint256 most = Billing.withdrawable(d, currentEpoch());
        require(amount <= most, DealsWithdrawTooLarge(deal, amount, most));
        _deals[deal].balance = d.balance - uint88(amount); // at most the balance
        emit Withdrawn(deal, to, amount);
        IERC20(d.paymentToken).safeTransfer(to, amount);
    }

    // ---- stopping ----

    /// @inheritdoc IDeals
    function stop(DealId deal) external {
        Deal memory d = _settle(deal);
        _checkOwner(deal);
        uint32 last = currentEpoch();
        // A worker assigned in this epoch runs its first one. 0 would mean "open": in epoch 0 the next one is the last.
        if (d.assignedInSettledEpoch || last == 0) ++last;
        require(d.endEpoch == 0 || last < d.endEpoch, DealsEnded(deal, d.endEpoch));
        _deals[deal].endEpoch = last;
        emit DealEnded(deal, last, false);
    }

    // ---- views ----

    /// @inheritdoc IDeals
    function quote(Terms calldata terms, uint256 deposit) external view returns (Quote memory q) {
        uint256 current = currentEpoch();
        uint256 minFundedEpochs = _values().minFundedEpochs;
        DealTerms.validate(terms, current + minFundedEpochs);
        q.maximumRatePerEpoch = DealTerms.maximumRate(terms);
        q.minimumDeposit = minFundedEpochs * q.maximumRatePerEpoch;
        q.fundedEpochs = deposit / q.maximumRatePerEpoch; // the price limit is not 0
        q.fundedThroughEpoch = current + q.fundedEpochs;
        if (terms.endEpoch != 0) q.fundedThroughEpoch = Math.min(q.fundedThroughEpoch, terms.endEpoch);
    }

    /// @inheritdoc IDeals
    function hashTerms(Terms calldata terms) external pure returns (bytes32) {
        return DealTerms.hash(terms);
    }

    /// @inheritdoc IDeals
    function getDeal(DealId deal) external view returns (DealView memory seen) {
        (Deal memory d, ) = _decided(deal);
        uint32 current = currentEpoch();
        seen.owner = _lists[deal].owner;
        seen.termsHash = _matching[deal].termsHash;
        seen.deal = d;
        seen.status = _statusOf(d, current);
        seen.fundedThroughEpoch = _fundedThroughEpoch(d, current);
        seen.withdrawable = Billing.withdrawable(d, current);
    }

    /// @inheritdoc IDeals
    function unfundedWord(DealId deal, uint32 word) external view returns (uint256) {
        (Deal memory d, Billing.Decision memory x) = _decided(deal);
        return _unfundedBits(deal, d, word, x);
    }

    // ---- internal ----

    function _create(Terms calldata terms, uint256 deposit) private returns (DealId deal) {
        IParameters.Values memory values = _values();
        uint32 current = currentEpoch();
        DealTerms.validate(terms, uint256(current) + values.minFundedEpochs);
        uint256 minimum = values.minFundedEpochs * DealTerms.maximumRate(terms);
        require(deposit >= minimum, DealsDepositTooSmall(deposit, minimum));

        deal = DealId.wrap(++dealCount);
        _deals[deal] = Deal({
            paymentToken: terms.paymentToken,
            endEpoch: terms.endEpoch,
            feeBps: values.protocolFeeBps,
            unitsPerWorker: terms.unitsPerWorker,
            minFundedEpochs: values.minFundedEpochs,
            workers: 0,
            targetWorkers: terms.targetWorkers,
            minWorkers: terms.minWorkers,
            balance: SafeCast.toUint88(deposit),
            ratePerEpoch: 0,
            settledEpoch: current,
            insolventSince: 0,
            assignedInSettledEpoch: false,
            everUnfunded: false
        });
        _lists[deal].owner = msg.sender;
        _matching[deal].termsHash = DealTerms.hash(terms);
        emit DealCreated(deal, msg.sender, values.protocolFeeBps, values.minFundedEpochs, current, terms);
        _deposit(deal, terms.paymentToken, deposit);
    }

    function _topUp(DealId deal, uint256 amount) private {
        require(amount != 0, DealsZeroAmount());
        Deal memory d = _settle(deal);
        _checkNotEnding(deal, d);
        _deals[deal].balance = SafeCast.toUint88(d.balance + amount);
        _deposit(deal, d.paymentToken, amount);
    }

    /// @dev Takes `amount` from the caller. It is booked already: if less arrives, all of it is undone.
    function _deposit(DealId deal, address token, uint256 amount) private {
        emit Deposited(deal, msg.sender, amount);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        require(received == amount, DealsTransferMismatch(token, amount, received));
    }

    /// @dev Anyone may have used the permit already, or the token has none: the allowance decides.
    function _tryPermit(address token, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) private {
        if (token.code.length == 0) return; // refused as a token later
        try IERC20Permit(token).permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
    }

    function _statusOf(Deal memory d, uint32 current) private pure returns (Status) {
        if (d.endEpoch != 0 && current > d.endEpoch) return Status.Ended;
        if (d.insolventSince != 0) return Status.Insolvent;
        if (d.workers < d.minWorkers) return Status.Matching;
        if (d.balance < Billing.reserve(d, current)) return Status.Underfunded;
        return Status.Active;
    }

    /// @dev Last epoch that is or will be funded; max uint256 while nothing is charged.
    function _fundedThroughEpoch(Deal memory d, uint32 current) private pure returns (uint256) {
        if (d.ratePerEpoch == 0) return type(uint256).max;
        uint256 ahead = d.balance / d.ratePerEpoch;
        bool ended = d.endEpoch != 0 && current >= d.endEpoch;
        if (d.insolventSince != 0 && (ahead == 0 || ended)) return d.insolventSince - 1;
        if (d.endEpoch == 0) return current + ahead;
        return ended ? d.endEpoch : Math.min(current + ahead, d.endEpoch);
    }
}
