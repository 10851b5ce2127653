// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {DealId, NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";
import {HookToken, Puppet} from "./HostileTokens.sol";

contract CreateDealAndMatchTest is DealsTest {
    function test_createDealAndMatch_createsFundsAndMatches() public {
        _fund(developer, DEPOSIT);
        IDeals.Terms memory terms = _terms(2);
        DealId next = DealId.wrap(2);
        vm.expectEmit(address(deals));
        emit IDeals.DealCreated(next, developer, FEE_BPS, MIN_FUNDED, 0, FIRST_EPOCH, terms);
        vm.expectEmit(address(deals));
        emit IDeals.Deposited(next, developer, DEPOSIT);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerAssigned(next, node1, provider1, ASK, FIRST_EPOCH + 1, LOCK, FIRST_EPOCH + WINDOW);
        vm.expectEmit(address(deals));
        emit IDeals.WorkerAssigned(next, node2, provider2, ASK, FIRST_EPOCH + 1, LOCK, FIRST_EPOCH + WINDOW);
        vm.prank(developer);
        (DealId made, bool matched) = deals.createDealAndMatch(terms, DEPOSIT, _candidates(_both()));
        vm.assertTrue(matched);
        vm.assertTrue(made == next);
        IDeals.DealView memory seen = deals.getDeal(made);
        vm.assertEq(seen.owner, developer);
        vm.assertEq(seen.deal.workers, 2);
        vm.assertEq(seen.deal.ratePerEpoch, 2 * PRICE);
        vm.assertEq(token.balanceOf(developer), 0);
    }

    function test_createDealAndMatch_leavesTheSame_asOneAfterTheOther() public {
        _fund(developer, DEPOSIT);
        IDeals.Terms memory terms = _terms(2);
        uint256 snapshot = vm.snapshotState();
        vm.startPrank(developer);
        DealId made = deals.createDeal(terms, DEPOSIT);
        deals.matchDeal(made, terms, _candidates(_both()));
        bytes32 expected = _books(made);
        vm.revertToState(snapshot);
        deals.createDealAndMatch(terms, DEPOSIT, _candidates(_both()));
        vm.stopPrank();
        vm.assertEq(_books(made), expected);
    }

    function test_createDealAndMatch_skipsWhoCannotBeTaken() public {
        NodeId absent = _newAbsentNode(provider2, 10, ASK);
        NodeId[] memory nodes = new NodeId[](2);
        (nodes[0], nodes[1]) = (absent, node1);
        _fund(developer, DEPOSIT);
        IDeals.Terms memory terms = _terms(2);
        vm.expectEmit(address(deals));
        emit IDeals.NodeSkipped(DealId.wrap(2), absent, IDeals.Refusal.NotAttending);
        vm.prank(developer);
        (DealId made, bool matched) = deals.createDealAndMatch(terms, DEPOSIT, _candidates(nodes));
        vm.assertTrue(matched);
        vm.assertEq(deals.getDeal(made).deal.workers, 1);
    }

    function test_createDealAndMatch_leavesTheDealWaiting_whenNobodyIsTaken() public {
        NodeId[][3] memory attempts = [
            new NodeId[](0),
            _list(NodeId.wrap(99)),
            _list(_newNode(provider1, 10, 3 * ASK)) // too dear
        ];
        for (uint256 i = 0; i < 3; ++i) {
            (DealId made, bool matched) = _createAndMatch(_terms(2), attempts[i]);
            vm.assertFalse(matched);
            IDeals.DealView memory seen = deals.getDeal(made);
            vm.assertEq(uint256(seen.status), uint256(IDeals.Status.Matching));
            vm.assertEq(seen.deal.balance, DEPOSIT);
            vm.assertEq(seen.deal.workers, 0);
        }
    }

    function test_createDealAndMatch_undoesTheMatch_belowTheMinimum() public {
        IDeals.Terms memory terms = _terms(2);
        terms.minWorkers = 2;
        (DealId made, bool matched) = _createAndMatch(terms, _list(node1));
        vm.assertFalse(matched);
        vm.assertEq(deals.getDeal(made).deal.workers, 0);
        vm.assertEq(staking.getStake(provider1).locked, 0);
        vm.assertEq(registry.getNode(node1).unitsInUse, 0);
        deals.matchDeal(made, terms, _candidates(_both()));
    }

    /// @notice Whoever creates the deal is whoever matches it: the tip is its own.
    function test_createDealAndMatch_holdsTheTip_forTheCaller() public {
        IDeals.Terms memory terms = _terms(2);
        terms.tipPerWorker = 7;
        _fund(developer, DEPOSIT);
        vm.expectEmit(address(deals));
        emit IDeals.TipHeld(DealId.wrap(2), node1, developer, 7);
        vm.prank(developer);
        (DealId made, ) = deals.createDealAndMatch(terms, DEPOSIT, _candidates(_list(node1)));
        vm.assertEq(deals.getTip(made, node1).matcher, developer);
        vm.assertEq(deals.getDeal(made).deal.balance, DEPOSIT - 7);
    }

    /// @notice Call data may be encoded in other ways: offsets that point elsewhere, arguments in another order.
    function test_createDealAndMatch_takesOtherEncodings() public {
        _fund(developer, DEPOSIT);
        bytes memory terms = abi.encode(_terms(2));
        bytes memory candidates = abi.encode(_candidates(_both()));
        // candidates before the terms, 32 bytes of nothing between: both encodings begin with their own offset
        bytes memory data = bytes.concat(
            deals.createDealAndMatch.selector,
            abi.encode(uint256(96 + candidates.length + 32 + 32), DEPOSIT, uint256(96 + 32)),
            candidates,
            bytes32(uint256(7)),
            terms
        );
        vm.prank(developer);
        (bool done, bytes memory result) = address(deals).call(data);
        vm.assertTrue(done);
        (DealId made, bool matched) = abi.decode(result, (DealId, bool));
        vm.assertTrue(matched);
        vm.assertEq(deals.getDeal(made).deal.workers, 2);
    }

    /// @notice Whatever gas it gets, the match never fails for want of it: an estimate would find just that.
    function testFuzz_createDealAndMatch_neverLosesTheMatch_toLittleGas(uint32 gasGiven) public {
        _fund(developer, DEPOSIT);
        bytes memory data = abi.encodeCall(deals.createDealAndMatch, (_terms(2), DEPOSIT, _candidates(_both())));
        vm.prank(developer);
        (bool done, bytes memory result) = address(deals).call{gas: _bound(gasGiven, 100_000, 600_000)}(data);
        if (!done) return vm.assertEq(deals.dealCount(), 1);
        (DealId made, bool matched) = abi.decode(result, (DealId, bool));
        vm.assertTrue(matched);
        vm.assertEq(deals.getDeal(made).deal.workers, 2);
    }

    function test_createDealAndMatch_reverts_whenTheGasIsTooLittleForTheMatch() public {
        _fund(developer, DEPOSIT);
        bytes memory data = abi.encodeCall(deals.createDealAndMatch, (_terms(2), DEPOSIT, _candidates(_both())));
        uint256 found = 0;
        for (uint256 given = 200_000; given < 460_000; given += 10_000) {
            vm.prank(developer);
            uint256 snapshot = vm.snapshotState();
            (bool done, bytes memory result) = address(deals).call{gas: given}(data);
            vm.revertToState(snapshot);
            if (!done && bytes32(result) == bytes32(IDeals.DealsOutOfGas.selector)) ++found;
        }
        vm.assertGt(found, 0);
    }

    function test_createDealAndMatch_reverts_whenEntryIsPaused() public {
        vm.prank(guardian);
        parameters.pauseEntry(60);
        _fund(developer, DEPOSIT);
        IDeals.Terms memory terms = _terms(2);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.expectPartialRevert(IDeals.DealsEntryPaused.selector);
        vm.prank(developer);
        deals.createDealAndMatch(terms, DEPOSIT, candidates);
    }

    function test_createDealAndMatch_reverts_whenTheDepositIsTooSmall() public {
        _fund(developer, DEPOSIT);
        IDeals.Terms memory terms = _terms(2);
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsDepositTooSmall.selector, MINIMUM - 1, MINIMUM));
        vm.prank(developer);
        deals.createDealAndMatch(terms, MINIMUM - 1, candidates);
    }

    function test_createDealAndMatch_reverts_whenTheTermsAreInvalid() public {
        IDeals.Terms memory terms = _terms(2);
        terms.minWorkers = 0;
        IDeals.Candidate[] memory candidates = _candidates(_both());
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsTermsInvalid.selector, "minWorkers"));
        deals.createDealAndMatch(terms, DEPOSIT, candidates);
    }

    /// @notice A deposit's hook finds the deal there and the money not: it can take nothing out and create nothing inside.
    function test_createDealAndMatch_cannotBeReentered() public {
        (HookToken hooked, Puppet puppet, IDeals.Terms memory terms) = _hooked();
        bytes memory again = abi.encodeCall(deals.createDealAndMatch, (terms, DEPOSIT, _candidates(_list(node1))));
        bytes[2] memory attempts = [again, abi.encodeCall(deals.withdraw, (DealId.wrap(3), DEPOSIT, address(puppet)))];
        for (uint256 i = 0; i < 2; ++i) {
            hooked.arm(address(puppet), abi.encodeCall(puppet.run, (address(deals), attempts[i])));
            puppet.run(address(deals), again);
            vm.assertFalse(hooked.hookSucceeded());
            vm.assertEq(
                bytes32(hooked.hookResult()),
                bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            );
            vm.assertEq(hooked.balanceOf(address(deals)), (i + 1) * DEPOSIT);
        }
    }

    /// @notice Anyone may match, from a hook too: then this call's own match finds the place taken, and the deal is served.
    function test_createDealAndMatch_survives_aMatchFromTheHook() public {
        (HookToken hooked, Puppet puppet, IDeals.Terms memory terms) = _hooked();
        terms.targetWorkers = 1;
        DealId next = DealId.wrap(2);
        hooked.arm(address(deals), abi.encodeCall(deals.matchDeal, (next, terms, _candidates(_list(node2)))));
        bytes memory data = abi.encodeCall(deals.createDealAndMatch, (terms, DEPOSIT, _candidates(_list(node1))));
        (, bool matched) = abi.decode(puppet.run(address(deals), data), (DealId, bool));
        vm.assertTrue(hooked.hookSucceeded());
        vm.assertFalse(matched);
        vm.assertEq(deals.getDeal(next).deal.workers, 1);
        vm.assertEq(deals.getWorker(next, node1).firstEpoch, 0);
    }

    function _hooked() private returns (HookToken hooked, Puppet puppet, IDeals.Terms memory terms) {
        hooked = new HookToken();
        puppet = new Puppet();
        hooked.mint(address(puppet), 4 * DEPOSIT);
        puppet.run(address(hooked), abi.encodeCall(hooked.approve, (address(deals), type(uint256).max)));
        terms = _terms(2);
        terms.paymentToken = address(hooked);
        vm.prank(owner1);
        registry.setOffer(node1, address(hooked), ASK, true);
        vm.prank(owner2);
        registry.setOffer(node2, address(hooked), ASK, true);
    }

    function _createAndMatch(
        IDeals.Terms memory terms,
        NodeId[] memory nodes
    ) private returns (DealId made, bool matched) {
        _fund(developer, DEPOSIT);
        vm.prank(developer);
        return deals.createDealAndMatch(terms, DEPOSIT, _candidates(nodes));
    }

    function _books(DealId made) private view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    deals.getDeal(made),
                    [deals.getWorker(made, node1), deals.getWorker(made, node2)],
                    [staking.getStake(provider1), staking.getStake(provider2)],
                    [registry.getNode(node1).unitsInUse, registry.getNode(node2).unitsInUse]
                )
            );
    }
}
