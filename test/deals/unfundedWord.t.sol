// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealsTest} from "./DealsTest.sol";

contract UnfundedWordTest is DealsTest {
    function test_unfundedWord_isTheSame_beforeAndAfterSettling() public {
        _workUntilInsolvent();
        _work(1);
        uint32 word = _epoch() >> 8;
        uint256 expected = uint256(3) << ((_epoch() - 1) & 255);
        vm.assertEq(deals.unfundedWord(deal, word), expected);
        _fund(stranger, 10 * PRICE);
        vm.prank(stranger);
        deals.topUp(deal, 10 * PRICE);
        vm.assertEq(deals.unfundedWord(deal, word), expected);
        _work(2);
        vm.assertEq(deals.unfundedWord(deal, word), expected);
        vm.assertEq(deals.unfundedWord(deal, word + 1), 0);
    }

    function test_unfundedWord_reachesAcrossWords() public {
        uint256 more = (1022 - FIRST_EPOCH) * PRICE - DEPOSIT; // the last funded epoch is 1022
        _fund(stranger, more);
        vm.prank(stranger);
        deals.topUp(deal, more);
        _assignOne();
        _skipEpochs(100);
        vm.assertEq(deals.unfundedWord(deal, 3), uint256(1) << 255); // 1023
        vm.assertEq(deals.unfundedWord(deal, 4), 3); // 1024 and 1025: then the deal is over
    }

    function test_unfundedWord_reverts_whenTheDealIsUnknown() public {
        deals.unfundedWord(_unknownDeal(), 0);
    }
}
