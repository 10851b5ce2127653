// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Billing} from "../../contracts/deals/Billing.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {Test} from "../lib/Test.sol";

contract BillingTest is Test {
    /// @notice Deciding many epochs at once equals deciding one after the other.
    function testFuzz_decide_equalsTheRuleAppliedEpochByEpoch(
        uint88 balance,
        uint80 rate,
        uint16 patience,
        uint16 length,
        uint16 end
    ) public pure {
        IDeals.Deal memory d = _deal(balance, rate, patience, end);
        uint32 current = d.settledEpoch + uint32(length % 3000);

        (uint256 money, uint256 since, uint256 last) = (d.balance, 0, d.endEpoch);
        uint256 decided = d.settledEpoch;
        uint256 fundedEpochs = 0;
        while (decided < current && (last == 0 || decided < last)) {
            ++decided;
            if (money >= d.ratePerEpoch) {
                money -= d.ratePerEpoch;
                since = 0;
                ++fundedEpochs;
            } else {
                if (since == 0) since = decided;
                if (decided - since + 1 == d.minFundedEpochs) last = decided;
            }
        }

        Billing.Decision memory x = Billing.decide(d, current);
        vm.assertEq(d.balance, money);
        vm.assertEq(d.insolventSince, since);
        vm.assertEq(d.settledEpoch, decided);
        vm.assertEq(x.fundedEpochs, fundedEpochs);
        vm.assertEq(d.endEpoch, last);
        vm.assertEq(d.everUnfunded, since != 0);
        vm.assertEq(x.unfundedThrough, since == 0 ? 0 : decided);
    }

    /// @notice Invariant 4: however often epochs are decided on the way, the outcome is the same.
    function testFuzz_decide_givesTheSameInPieces(
        uint88 balance,
        uint80 rate,
        uint16 patience,
        uint16 length,
        uint16 end,
        uint256 seed
    ) public pure {
        IDeals.Deal memory whole = _deal(balance, rate, patience, end);
        IDeals.Deal memory pieces = _deal(balance, rate, patience, end);
        uint32 current = whole.settledEpoch + uint32(length % 3000);
        uint256 charged = Billing.decide(whole, current).charged;

        uint256 chargedInPieces = 0;
        for (uint32 at = pieces.settledEpoch; at < current;) {
            seed = uint256(keccak256(abi.encode(seed)));
            at += uint32(seed % 400);
            if (at > current) at = current;
            chargedInPieces += Billing.decide(pieces, at).charged;
        }
        vm.assertEq(keccak256(abi.encode(pieces)), keccak256(abi.encode(whole)));
        vm.assertEq(chargedInPieces, charged);
    }

    /// @notice What is charged for an epoch is shared without a remainder, and the fee is never above its share.
    function testFuzz_share_addsUp(uint80 price, uint16 feeBps, uint32 paid, uint32 missed) public pure {
        feeBps = uint16(_bound(feeBps, 0, 500));
        (uint256 pay, uint256 fee, uint256 refund) = Billing.share(price, feeBps, paid, missed);
        vm.assertEq(pay + fee + refund, uint256(price) * (uint256(paid) + missed));
        vm.assertLe(fee * 10_000, uint256(price) * paid * feeBps);
    }

    /// @notice Invariant 7: never more than the lock.
    function testFuzz_slashOf_isAtMostTheLock(uint32 lockMilliMill, uint16 bps) public pure {
        bps = uint16(_bound(bps, 0, 10_000));
        vm.assertLe(Billing.slashOf(lockMilliMill, bps), Billing.lockOf(lockMilliMill));
        vm.assertEq(Billing.slashOf(lockMilliMill, 10_000), uint256(lockMilliMill) * 1e15);
    }

    function testFuzz_withdrawable_leavesTheReserve(uint88 balance, uint80 rate, uint16 end, uint16 now_) public pure {
        IDeals.Deal memory d = _deal(balance, rate, 24, end);
        uint32 current = d.settledEpoch + now_;
        uint256 most = Billing.withdrawable(d, current);
        uint256 kept = Billing.reserve(d, current);
        vm.assertTrue(most == 0 ? d.balance <= kept : most + kept == d.balance);
        if (d.endEpoch != 0 && current >= d.endEpoch) vm.assertEq(most, d.balance);
        vm.assertLe(kept, 24 * uint256(d.ratePerEpoch));
    }

    /// @dev Balances of at most some thousand epochs, so that money runs out within a run.
    function _deal(
        uint88 balance,
        uint80 rate,
        uint16 patience,
        uint16 end
    ) private pure returns (IDeals.Deal memory d) {
        d.ratePerEpoch = rate;
        d.balance = rate == 0 ? balance : uint88(_bound(balance, 0, _min(2000 * uint256(rate), type(uint88).max)));
        d.minFundedEpochs = uint16(_bound(patience, 1, 720));
        d.settledEpoch = 1000;
        if (end % 3 != 0) d.endEpoch = 1000 + (end % 4000);
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
