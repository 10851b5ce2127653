// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParameters} from "../governance/IParameters.sol";
import {EpochClock} from "../libraries/EpochClock.sol";
import {DealId} from "../libraries/Ids.sol";
import {IRegistry} from "../registry/IRegistry.sol";
import {IStaking} from "../staking/IStaking.sol";
import {Billing} from "./Billing.sol";
import {DealsBase} from "./DealsBase.sol";
import {DealsClaims} from "./DealsClaims.sol";
import {DealsScaling} from "./DealsScaling.sol";
import {DealTerms} from "./DealTerms.sol";
import {IDeals} from "./IDeals.sol";
import {IDealsControl} from "./IDealsControl.sol";

/// @title Deals: changing a deal that runs, claiming for many workers
/// @notice A part of Deals; see there how calls get here and whose state this is.
contract DealsControl is DealsScaling, DealsClaims {
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

    // ---- the owner ----

    /// @inheritdoc IDealsControl
    function withdraw(DealId deal, uint256 amount, address to) external nonReentrant {
        require(amount != 0, IDeals.DealsZeroAmount());
        require(to != address(0), IDeals.DealsZeroAddress());
        IDeals.Deal memory d = _settle(deal);
        _checkOwner(deal);
        uint256 most = Billing.withdrawable(d, currentEpoch());
        require(amount <= most, IDeals.DealsWithdrawTooLarge(deal, amount, most));
        _deals[deal].balance = d.balance - uint88(amount); // at most the balance
        emit IDeals.Withdrawn(deal, to, amount);
        IERC20(d.paymentToken).safeTransfer(to, amount);
    }

    /// @inheritdoc IDealsControl
    function stop(DealId deal) external {
        IDeals.Deal memory d = _settle(deal);
        _checkOwner(deal);
        uint32 last = currentEpoch();
        // A worker assigned in this epoch runs its first one. 0 would mean "open": in epoch 0 the next one is the last.
        if (d.assignedInSettledEpoch || last == 0) ++last;
        require(d.endEpoch == 0 || last < d.endEpoch, IDeals.DealsEnded(deal, d.endEpoch));
        _deals[deal].endEpoch = last;
        emit IDeals.DealEnded(deal, last, false);
    }

    // ---- views ----

    /// @inheritdoc IDealsControl
    function quote(IDeals.Terms calldata terms, uint256 deposit) external view returns (IDeals.Quote memory q) {
        uint256 current = currentEpoch();
        uint256 minFundedEpochs = _values().minFundedEpochs;
        DealTerms.validate(terms, current + minFundedEpochs);
        q.maximumRatePerEpoch = DealTerms.maximumRate(terms, terms.targetWorkers);
        uint256 tips = DealTerms.tips(terms, terms.targetWorkers);
        q.minimumDeposit = minFundedEpochs * q.maximumRatePerEpoch + tips;
        q.fundedEpochs = Math.saturatingSub(deposit, tips) / q.maximumRatePerEpoch; // the price limit is not 0
        q.fundedThroughEpoch = current + q.fundedEpochs;
        if (terms.endEpoch != 0) q.fundedThroughEpoch = Math.min(q.fundedThroughEpoch, terms.endEpoch);
    }

    /// @inheritdoc IDealsControl
    function hashTerms(IDeals.Terms calldata terms) external pure returns (bytes32) {
        return DealTerms.hash(terms);
    }

    /// @inheritdoc IDealsControl
    function unfundedWord(DealId deal, uint32 word) external view returns (uint256) {
        (IDeals.Deal memory d, Billing.Decision memory x) = _decided(deal);
        return _unfundedBits(deal, d, word, x);
    }
}
