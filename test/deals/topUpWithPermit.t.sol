// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PermitTest} from "./PermitTest.sol";

contract TopUpWithPermitTest is PermitTest {
    function test_topUpWithPermit_addsToTheBalance_withoutAllowance() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(500);
        vm.prank(payer);
        deals.topUpWithPermit(deal, 500, DEADLINE, v, r, s);
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + 500);
    }

    function test_topUpWithPermit_succeeds_whenThePermitFailsAndTheAllowanceSuffices() public {
        vm.prank(payer);
        token.approve(address(deals), 500);
        vm.prank(payer);
        deals.topUpWithPermit(deal, 500, DEADLINE, 27, bytes32(uint256(1)), bytes32(uint256(2)));
        vm.assertEq(deals.getDeal(deal).deal.balance, DEPOSIT + 500);
    }

    function test_topUpWithPermit_reverts_whenTheDealIsUnknown() public {
        deals.topUpWithPermit(_unknownDeal(), 500, DEADLINE, 27, bytes32(uint256(1)), bytes32(uint256(2)));
    }
}
