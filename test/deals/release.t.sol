// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract ReleaseTest is DealsTest {
    function test_release_returnsUnitsAndLock_andSettles() public {
        _assignOne();
        _work(2);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _skipEpochs(1);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerPaid(deal, node1, FIRST_EPOCH + 2, 2 * (PRICE - FEE), 2 * FEE, 0, owner1, address(0));
        vm.expectEmit(address(deals));
        emit IDeals.WorkerReleased(deal, node1, LOCK);
        vm.prank(stranger);
        deals.release(deal, node1);

        vm.assertEq(deals.getWorker(deal, node1).firstEpoch, 0);
        vm.assertEq(deals.earnings(owner1, address(token)), 2 * (PRICE - FEE));
        vm.assertEq(registry.getNode(node1).unitsInUse, 0);
        vm.assertEq(staking.getStake(provider1).locked, 0);
        vm.assertEq(staking.getStake(provider1).free, 100 * STAKE_PER_UNIT);
    }

    function test_release_settlesNothing_whenAllWasClaimed() public {
        _assignOne();
        _work(2);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _skipEpochs(1);
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        deals.release(deal, node1);
        vm.assertEq(deals.earnings(owner1, address(token)), 0);
    }

    function test_release_succeeds_onceTheDealIsOver() public {
        _assignOne();
        _work(1);
        vm.prank(developer);
        deals.stop(deal);
        _running();
        _skipEpochs(1);
        deals.release(deal, node1);
        vm.assertEq(registry.getNode(node1).unitsInUse, 0);
    }

    function test_release_endsTheDeal_whenItsMoneyIsGone() public {
        _workUntilInsolvent();
        _skipEpochs(MIN_FUNDED);
        uint32 end = FIRST_EPOCH + uint32(DEPOSIT / PRICE) + MIN_FUNDED;
        vm.expectEmit(address(deals));
        emit IDeals.DealEnded(deal, end, true);
        deals.release(deal, node1);
        vm.assertEq(registry.getNode(node1).unitsInUse, 0);
        // what is left of the balance is the owner's
        vm.prank(developer);
        deals.withdraw(deal, DEPOSIT % PRICE, developer);
    }

    function test_release_paysATip_thatIsStillHeld() public {
        IDeals.Terms memory terms = _tipTerms();
        deal = _createDeal(terms, DEPOSIT + 2 * TIP);
        vm.prank(stranger);
        deals.matchDeal(deal, terms, _candidates(_list(node1)));
        _work(1);
        vm.prank(developer);
        deals.stop(deal);
        _skipEpochs(1);
        vm.expectEmit(address(deals));
        emit IDeals.TipPaid(deal, node1, stranger, TIP, address(0), 0);
        deals.release(deal, node1);
        vm.assertEq(deals.earnings(stranger, address(token)), TIP);
        vm.assertEq(deals.getTip(deal, node1).matcher, address(0));
        vm.prank(stranger);
        deals.withdrawEarnings(address(token), stranger);
        vm.assertEq(token.balanceOf(stranger), TIP);
    }

    /// @notice In a deal with a function commitment the units, the lock and the worker stay for the dispute window, counted
    /// from the end of the worker's last epoch, whatever the parameter is by then.
    function test_release_reverts_whileTheWorkerCanBeDisputed() public {
        deal = _createDeal(_committedTerms(), DEPOSIT);
        _match(deal, _committedTerms(), node1);
        _work(2);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _running();
        vm.prank(admin);
        parameters.setDisputeWindow(1);
        uint256 until = block.timestamp + EPOCH_SECONDS + DISPUTE_WINDOW;
        _skipEpochs(1);
        _disputable(until);
        _skip(DISPUTE_WINDOW - 1);
        _disputable(until);
        vm.assertEq(staking.getStake(provider1).locked, LOCK);
        vm.assertEq(registry.getNode(node1).unitsInUse, UNITS);
        // what it earned is not held
        vm.prank(owner1);
        deals.claim(deal, node1, EVER, owner1);
        _skip(1);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerReleased(deal, node1, LOCK);
        deals.release(deal, node1);
        vm.assertEq(staking.getStake(provider1).locked, 0);
    }

    function test_release_reverts_whileTheWorkerCanBeDisputed_whenItsDealEnded() public {
        deal = _createDeal(_committedTerms(), DEPOSIT);
        _match(deal, _committedTerms(), node1);
        _work(1);
        vm.prank(developer);
        deals.stop(deal);
        _skipEpochs(1);
        _disputable(block.timestamp + DISPUTE_WINDOW);
        _skip(DISPUTE_WINDOW);
        deals.release(deal, node1);
    }

    /// @notice Whatever the window and when it is asked for: not a second earlier, and not one later.
    function testFuzz_release_waitsForTheDisputeWindow(uint32 window, uint16 later) public {
        window = 1 + (window % 20);
        vm.prank(admin);
        parameters.setDisputeWindow(window);
        deal = _createDeal(_committedTerms(), DEPOSIT);
        _match(deal, _committedTerms(), node1);
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        uint256 until = block.timestamp + EPOCH_SECONDS + window;
        _skip(EPOCH_SECONDS + (later % 40));
        if (block.timestamp < until) _disputable(until);
        else deals.release(deal, node1);
    }

    function test_release_reverts_whileTheWorkerRuns() public {
        _assignOne();
        _running();
        _work(2);
        _running();
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _running(); // its last epoch is not over
    }

    function test_release_reverts_whenCalledTwice() public {
        _assignOne();
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _work(1);
        deals.release(deal, node1);
        _unknownWorker(node1);
        deals.release(deal, node1);
    }

    function test_release_reverts_whenTheDealIsUnknown() public {
        deals.release(_unknownDeal(), node1);
    }

    function test_release_letsTheNodeWorkAgain_withoutPayingTwice() public {
        _assignOne();
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _work(1); // attended, but between two assignments
        deals.release(deal, node1);
        _assignOne();
        _work(2);
        deals.settleWorker(deal, node1, EVER);
        vm.assertEq(deals.earnings(owner1, address(token)), 2 * (PRICE - FEE));
    }

    function _disputable(uint256 until) private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerDisputable.selector, deal, node1, until));
        deals.release(deal, node1);
    }

    function _running() private {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerRunning.selector, deal, node1));
        deals.release(deal, node1);
    }
}
