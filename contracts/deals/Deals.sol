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
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {DealsMoney} from "./DealsMoney.sol";
import {DealTerms} from "./DealTerms.sol";
import {IDealsMatching} from "./IDealsMatching.sol";
import {IDealsMoney} from "./IDealsMoney.sol";
import {IDealsState} from "./IDealsState.sol";

/// @title Deals: creating, funding, paying
/// @notice A contract is at most 24,576 bytes; Deals is three of them with one state and one address. This one holds the
/// state and the money and answers what is called most. What else IDealsAll has stands in DealsMatching and DealsControl:
/// such a call is passed on to their code as it came (DELEGATECALL), and that code works on this state, with this address
/// and its events. Nothing can be exchanged later: where the other parts are is written into this code. Their own state
/// stays empty; called directly they know no deal and refuse whatever would change something.
contract Deals is DealsMoney {
    using SafeERC20 for IERC20;

    /// @inheritdoc IDealsMoney
    address public immutable matching;

    /// @inheritdoc IDealsMoney
    address public immutable control;

    /// @param matching_ DealsMatching, made with the same contracts, treasury and clock as `control_`
    /// @param control_ DealsControl; its contracts, treasury and clock are those of Deals
    // By their interfaces: the compiler would build both parts once more with this file.
    constructor(
        IDealsMatching matching_,
        IDealsState control_
    )
        DealsBase(control_.registry(), control_.staking(), control_.parameters(), control_.treasury())
        EpochClock(control_.genesis(), control_.epochDuration())
    {
        matching = address(matching_);
        control = address(control_);
    }

    // ---- the other parts ----

    /// @notice Passes on what is not answered here, and gives back what comes of it.
    /// @dev In free memory, not from 0 on as OpenZeppelin's Proxy: the compiler optimizes a contract's use of memory only if
    /// all assembly in it keeps to the rules, which is 1,000 gas of a claim.
    // Passing on is all it does; the rule is meant for fallbacks that receive money.
    // solhint-disable-next-line no-complex-fallback
    fallback() external {
        address part = _isMatching(msg.sig) ? matching : control;
        assembly ("memory-safe") {
            let start := mload(0x40)
            calldatacopy(start, 0, calldatasize())
            let success := delegatecall(gas(), part, start, calldatasize(), 0, 0)
            returndatacopy(start, 0, returndatasize())
            if iszero(success) {
                revert(start, returndatasize())
            }
            return(start, returndatasize())
        }
    }

    function _isMatching(bytes4 selector) private pure returns (bool) {
        return
            selector == IDealsMatching.matchDeal.selector ||
            selector == IDealsMatching.eligibility.selector ||
            selector == IDealsMatching.challenge.selector ||
            selector == IDealsMatching.payTip.selector ||
            selector == IDealsMatching.getTip.selector;
    }

    // ---- creating ----

    /// @inheritdoc IDealsMoney
    function createDeal(Terms calldata terms, uint256 deposit) external nonReentrant returns (DealId deal) {
        return _create(terms, deposit);
    }

    /// @inheritdoc IDealsMoney
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

    /// @inheritdoc IDealsMoney
    function createDealAndMatch(
        Terms calldata terms,
        uint256 deposit,
        Candidate[] calldata
    ) external nonReentrant returns (DealId deal, bool matched) {
        deal = _create(terms, deposit);
        matched = _tryMatch(deal);
    }

    /// @inheritdoc IDealsMoney
    function createDealAndMatchWithPermit(
        Terms calldata terms,
        uint256 deposit,
        Candidate[] calldata,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (DealId deal, bool matched) {
        _tryPermit(terms.paymentToken, deposit, deadline, v, r, s);
        deal = _create(terms, deposit);
        matched = _tryMatch(deal);
    }

    // ---- funding ----

    /// @inheritdoc IDealsMoney
    function topUp(DealId deal, uint256 amount) external nonReentrant {
        _topUp(deal, amount);
    }

    /// @inheritdoc IDealsMoney
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

    // ---- views ----

    /// @inheritdoc IDealsMoney
    function getDeal(DealId deal) external view returns (DealView memory seen) {
        (Deal memory d, ) = _decided(deal);
        uint32 current = currentEpoch();
        seen.owner = _lists[deal].owner;
        seen.termsHash = _matching[deal].termsHash;
        seen.deal = d;
        seen.status = _statusOf(d, current);
        seen.fundedThroughEpoch = _fundedThroughEpoch(d, current);
        seen.withdrawable = Billing.withdrawable(d, current);
        seen.disputeWindow = _disputeWindows[deal];
    }

    // ---- internal ----

    function _create(Terms calldata terms, uint256 deposit) private returns (DealId deal) {
        IParameters.Values memory values = _values();
        _checkEntryOpen(values);
        uint32 current = currentEpoch();
        DealTerms.validate(terms, uint256(current) + values.minFundedEpochs);
        uint256 minimum =
            values.minFundedEpochs * DealTerms.maximumRate(terms, terms.targetWorkers) +
                DealTerms.tips(terms, terms.targetWorkers);
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
        uint32 window = terms.functionCommitment == 0 ? 0 : parameters.windows().disputeWindow;
        if (window != 0) _disputeWindows[deal] = window;
        emit DealCreated(deal, msg.sender, values.protocolFeeBps, values.minFundedEpochs, window, current, terms);
        _deposit(deal, terms.paymentToken, deposit);
    }

    /// @dev Matches the new deal with the terms and candidates of the call under way, by the same caller. The offsets of
    /// both are the first and third word of its arguments, and the second and third of matchDeal's: what they point to serves
    /// as it came.
    /// A match that runs out of gas reverts without data and takes the creation with it, or an estimate of gas would
    /// find the least with which the match fails.
    function _tryMatch(DealId deal) private returns (bool matched) {
        address part = matching;
        bytes4 selector = IDealsMatching.matchDeal.selector;
        bool silent;
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, selector)
            mstore(add(start, 0x04), deal)
            mstore(add(start, 0x24), calldataload(0x04))
            calldatacopy(add(start, 0x44), 0x44, sub(calldatasize(), 0x44))
            matched := delegatecall(gas(), part, start, calldatasize(), 0, 0)
            silent := iszero(returndatasize())
        }
        require(!silent, DealsOutOfGas());
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
