// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IDeals} from "./IDeals.sol";

/// @title Deciding epochs and sharing what was charged
/// @notice docs/protocol.md, "Time" and "Pay". Pure: the same history gives the same amounts, however often and in
/// whatever pieces it is settled.
library Billing {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant WEI_PER_MILLI_MILL = 1e15;

    /// @notice What deciding a run of epochs found.
    /// @param any whether there was anything to decide
    /// @param fundedEpochs epochs charged for; the earliest of the run
    /// @param unfundedFrom first epoch the balance did not cover
    /// @param unfundedThrough last such epoch; 0 if all were covered
    /// @param charged taken off the balance
    /// @param endedInsolvent the deal ended in this run, for want of money
    struct Decision {
        bool any;
        uint32 fundedEpochs;
        uint32 unfundedFrom;
        uint32 unfundedThrough;
        uint256 charged;
        bool endedInsolvent;
    }

    /// @notice Decides every epoch up to `current` (or the deal's last) at the rate in force. Constant cost, whatever the
    /// number of epochs: the balance only shrinks, so the funded ones come first.
    /// @dev Changes `d` in place.
    function decide(IDeals.Deal memory d, uint32 current) internal pure returns (Decision memory x) {
        uint256 settled = d.settledEpoch;
        uint256 last = d.endEpoch != 0 && d.endEpoch < current ? d.endEpoch : current;
        if (last <= settled) return x;
        x.any = true;
        d.assignedInSettledEpoch = false;

        uint256 epochs = last - settled;
        uint256 funded = epochs;
        if (d.ratePerEpoch != 0) {
            funded = Math.min(epochs, d.balance / d.ratePerEpoch);
            x.charged = funded * d.ratePerEpoch;
            d.balance -= uint88(x.charged); // at most the balance
        }
        // epochs are uint32 and all sums below stay at most `last`: no cast can cut anything off
        x.fundedEpochs = uint32(funded);
        if (funded != 0) d.insolventSince = 0;
        if (funded < epochs) {
            x.unfundedFrom = uint32(settled + funded + 1);
            if (d.insolventSince == 0) d.insolventSince = x.unfundedFrom;
            uint256 endOfPatience = uint256(d.insolventSince) + d.minFundedEpochs - 1;
            if (endOfPatience <= last) {
                last = endOfPatience;
                d.endEpoch = uint32(last);
                x.endedInsolvent = true;
            }
            x.unfundedThrough = uint32(last);
            d.everUnfunded = true;
        }
        d.settledEpoch = uint32(last);
    }

    /// @notice What must stay in the deal: `minFundedEpochs` at the present rate, or fewer if it ends before that.
    function reserve(IDeals.Deal memory d, uint32 current) internal pure returns (uint256) {
        return reservedEpochs(d, current) * d.ratePerEpoch;
    }

    /// @notice How many epochs must be covered: `minFundedEpochs`, or fewer if the deal ends before that.
    function reservedEpochs(IDeals.Deal memory d, uint32 current) internal pure returns (uint256) {
        if (d.endEpoch == 0) return d.minFundedEpochs;
        return Math.min(d.minFundedEpochs, Math.saturatingSub(d.endEpoch, current));
    }

    /// @notice What the owner may take out now.
    function withdrawable(IDeals.Deal memory d, uint32 current) internal pure returns (uint256) {
        return Math.saturatingSub(d.balance, reserve(d, current));
    }

    /// @notice Shares what was charged for a worker among provider, treasury and owner.
    /// @param pricePerEpoch charged for the worker each funded epoch
    /// @param paidEpochs funded and attended
    /// @param missedEpochs funded and not attended
    /// @dev The fee is rounded down per epoch, for the provider; the three shares add up to what was charged.
    function share(
        uint256 pricePerEpoch,
        uint256 feeBps,
        uint256 paidEpochs,
        uint256 missedEpochs
    ) internal pure returns (uint256 pay, uint256 fee, uint256 refund) {
        uint256 feePerEpoch = (pricePerEpoch * feeBps) / BPS;
        pay = (pricePerEpoch - feePerEpoch) * paidEpochs;
        fee = feePerEpoch * paidEpochs;
        refund = pricePerEpoch * missedEpochs;
    }

    /// @notice The part of a lock that `slashedBps` takes, in MILL (18 decimals), rounded down.
    function slashOf(uint256 lockMilliMill, uint256 slashedBps) internal pure returns (uint96) {
        // 32 bits * 1e15 is below 2^82, and the share is at most the whole
        return uint96((lockMilliMill * WEI_PER_MILLI_MILL * slashedBps) / BPS);
    }

    /// @notice A lock in MILL (18 decimals).
    function lockOf(uint256 lockMilliMill) internal pure returns (uint96) {
        return uint96(lockMilliMill * WEI_PER_MILLI_MILL); // 32 bits * 1e15 is below 2^82
    }
}
