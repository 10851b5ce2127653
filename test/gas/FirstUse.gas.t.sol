// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../../contracts/libraries/Ids.sol";
import {PermitTest} from "../deals/PermitTest.sol";

/// @notice What the steady state leaves out: whole transactions that write everything for the first time, and such with a
/// permit. One constraint. Figures in snapshots/FirstUse.json and snapshots/Permit.json.
contract FirstUseGasTest is PermitTest {
    string private constant FIRST = "FirstUse";
    string private constant PERMIT = "Permit";

    /// @notice The first deal of all (but for one of another account, which is the set-up's), matches, pay and fee.
    function test_gas_firstUse() public {
        vm.prank(payer);
        token.approve(address(deals), DEPOSIT);
        vm.prank(payer);
        DealId own = deals.createDeal(_terms(2), DEPOSIT);
        vm.snapshotGasLastCall(FIRST, "createDealFirst");
        deals.matchDeal(own, _terms(2), _candidates(_both()));
        vm.snapshotGasLastCall(FIRST, "match2First");
        _skipEpochs(1);
        _attend(node1);
        vm.snapshotGasLastCall(FIRST, "attendFirst");
        _skipEpochs(1);
        vm.prank(owner1);
        deals.claim(own, node1, EVER, owner1);
        vm.snapshotGasLastCall(FIRST, "claimFirst");
    }

    /// @notice A permit of a payer that never gave one; compare with createDeal and an approval of its own.
    function test_gas_createDealWithPermit() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        vm.prank(payer);
        deals.createDealWithPermit(_terms(2), DEPOSIT, DEADLINE, v, r, s);
        vm.snapshotGasLastCall(PERMIT, "createDealWithPermit");
    }

    function test_gas_createAndMatchWithPermit() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(DEPOSIT);
        vm.prank(payer);
        deals.createDealAndMatchWithPermit(_terms(2), DEPOSIT, _candidates(_both()), DEADLINE, v, r, s);
        vm.snapshotGasLastCall(PERMIT, "createAndMatch2WithPermit");
    }

    function test_gas_topUpWithPermit() public {
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(500);
        vm.prank(payer);
        deals.topUpWithPermit(deal, 500, DEADLINE, v, r, s);
        vm.snapshotGasLastCall(PERMIT, "topUpWithPermit");
    }
}
