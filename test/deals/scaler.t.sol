// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IDealsControl} from "../../contracts/deals/IDealsControl.sol";
import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {DealsTest} from "./DealsTest.sol";

/// @notice What a scaler key may do with `setTarget`, and what it cannot.
contract ScalerTest is DealsTest {
    /// @dev Most that a worker of `_tipTerms` costs in an epoch: the price limit, and its tip.
    uint256 private constant WORKER = 2 * PRICE + TIP;

    address private scaler;

    function setUp() public override {
        super.setUp();
        scaler = _account("scaler");
        deal = _createDeal(_tipTerms(), 100 * MINIMUM);
        _allow(3 * WORKER);
    }

    // ---- what it may ----

    function test_scaler_raisesAsFarAsTheCap() public {
        vm.expectEmit(address(deals));
        emit IDealsControl.TargetScaled(deal, scaler, FIRST_EPOCH);
        vm.expectEmit(address(deals));
        emit IDeals.TargetChanged(deal, 3);
        _scale(3);
        vm.assertEq(deals.getDeal(deal).deal.targetWorkers, 3);
        (, , uint32 next) = deals.getScaler(deal);
        vm.assertEq(next, FIRST_EPOCH + 1);
    }

    function test_scaler_lowers_andDismissesWhomItNames() public {
        _matchBoth();
        _work(1);
        _scaleNaming(1, _list(node2));
        vm.assertEq(deals.getDeal(deal).deal.workers, 1);
        vm.assertEq(deals.getWorker(deal, node2).lastEpoch, _epoch());
    }

    function test_scaler_lowers_withoutAnyCap() public {
        _allow(0);
        _scale(1);
        vm.assertEq(deals.getDeal(deal).deal.targetWorkers, 1);
    }

    function test_scaler_lowers_fromAboveTheCap_toAboveTheCap() public {
        _setByOwner(9, new NodeId[](0));
        _scale(8);
        vm.assertEq(deals.getDeal(deal).deal.targetWorkers, 8);
    }

    function test_scaler_changesAgain_inTheNextEpoch() public {
        _scale(3);
        _skipEpochs(1);
        _scale(1);
        _skipEpochs(1);
        _scale(3);
    }

    function test_scaler_doesNotHinderTheOwner() public {
        _scale(3);
        _setByOwner(5, new NodeId[](0));
        _setByOwner(1, new NodeId[](0));
        vm.assertEq(deals.getDeal(deal).deal.targetWorkers, 1);
        (, , uint32 next) = deals.getScaler(deal);
        vm.assertEq(next, FIRST_EPOCH + 1);
    }

    // ---- what it may not ----

    function test_scaler_reverts_aboveTheCap() public {
        _expectRefusal(
            4,
            new NodeId[](0),
            abi.encodeWithSelector(IDealsControl.DealsScalerCapExceeded.selector, deal, 4 * WORKER, 3 * WORKER)
        );
        _allow(3 * WORKER - 1);
        _expectRefusal(
            3,
            new NodeId[](0),
            abi.encodeWithSelector(IDealsControl.DealsScalerCapExceeded.selector, deal, 3 * WORKER, 3 * WORKER - 1)
        );
    }

    function test_scaler_reverts_twiceInAnEpoch() public {
        _scale(3);
        _expectRefusal(1, new NodeId[](0), _tooSoon());
        _skip(EPOCH_SECONDS - 1); // epochs begin at a round second here
        _expectRefusal(1, new NodeId[](0), _tooSoon());
        _skip(1);
        _scale(1);
    }

    function test_scaler_reverts_whenItNamesMoreThanIsOver() public {
        _matchBoth();
        _work(1);
        _expectRefusal(1, _both(), abi.encodeWithSelector(IDealsControl.DealsScalerDismissal.selector, deal, 2, 1));
    }

    /// @notice It exchanges nobody: neither with the target as it is nor with a higher one.
    function test_scaler_reverts_whenItDismissesWithoutLowering() public {
        _matchBoth();
        _work(1);
        for (uint8 target = 2; target <= 3; ++target) {
            _expectRefusal(
                target,
                _list(node1),
                abi.encodeWithSelector(IDealsControl.DealsScalerDismissal.selector, deal, 1, 0)
            );
        }
    }

    function test_scaler_isHeldToTheTerms_asTheOwner() public {
        _allow(1000 * WORKER);
        _expectRefusal(
            0,
            new NodeId[](0),
            abi.encodeWithSelector(IDeals.DealsTargetOutOfBounds.selector, deal, 0, 1, 32)
        );
        uint256 balance = deals.getDeal(deal).deal.balance;
        uint256 needed = uint256(MIN_FUNDED) * 32 * 2 * PRICE + 32 * uint256(TIP);
        vm.prank(developer);
        deals.withdraw(deal, balance - needed + 1, developer);
        _expectRefusal(
            32,
            new NodeId[](0),
            abi.encodeWithSelector(IDeals.DealsBalanceTooSmall.selector, deal, needed - 1, needed)
        );
    }

    function test_scaler_mayDoNothingElse() public {
        _matchBoth();
        _work(1);
        bytes memory refused = _unauthorized(scaler, developer);
        vm.startPrank(scaler);
        vm.expectRevert(refused);
        deals.withdraw(deal, 1, scaler);
        vm.expectRevert(refused);
        deals.stop(deal);
        vm.expectRevert(refused);
        deals.dismiss(deal, node1);
        vm.expectRevert(refused);
        deals.bar(deal, provider1);
        vm.expectRevert(refused);
        deals.unbar(deal, provider1);
        vm.expectRevert(refused);
        deals.setScaler(deal, scaler, type(uint88).max);
        vm.stopPrank();
        vm.expectRevert();
        vm.prank(scaler);
        modules.setModule(deal, keccak256("mine"), 0);
    }

    // ---- attacks: the key is in the wrong hands ----

    /// @notice The key flaps as often as it can, and its holder matches each time for the tips. In no epoch the deal spends
    /// more than the cap, at least minWorkers stay, and it gets tips in every other epoch at most.
    function test_attack_flapping_spendsNoMoreThanTheCap() public {
        NodeId[] memory nodes = _market(6);
        _allow(4 * WORKER);
        address matcher = _account("matcher");
        uint256 tipped = 0;
        for (uint256 round = 0; round < 8; ++round) {
            uint256 before = deals.getDeal(deal).deal.balance;
            uint8 target = round % 2 == 0 ? 4 : 1;
            _scaleNaming(target, _surplus(nodes, target));
            uint256 free = deals.getDeal(deal).deal.balance;
            IDeals.Terms memory terms = _tipTerms();
            vm.prank(matcher);
            (bool matched, ) = address(deals).call(abi.encodeCall(deals.matchDeal, (deal, terms, _candidates(nodes))));
            if (matched) ++tipped;
            vm.assertEq(free - deals.getDeal(deal).deal.balance, matched ? uint256(TIP) * (round == 0 ? 4 : 3) : 0);
            vm.assertGe(deals.getDeal(deal).deal.workers, 1, "minWorkers stay");
            _skipEpochs(1);
            for (uint256 i = 0; i < nodes.length; ++i) {
                _attend(nodes[i]);
                (bool released, ) = address(deals).call(abi.encodeCall(deals.release, (deal, nodes[i])));
                released; // most of them still work
            }
            vm.assertLe(before - deals.getDeal(deal).deal.balance, 4 * WORKER, "an epoch costs more than the cap");
        }
        vm.assertEq(tipped, 4, "tips in every other epoch");
    }

    /// @notice However a key tries: what an epoch takes off the balance, its charge and the tips of the matches in it, is at
    /// most the cap, as long as the owner changes nothing and no worker leaves by itself.
    function testFuzz_scaler_neverSpendsMoreThanTheCap(uint256 seed, uint8 workers) public {
        uint256 cap = WORKER * _bound(workers, 1, 6);
        NodeId[] memory nodes = _market(8);
        _scaleDownTo1();
        _allow(cap);
        _skipEpochs(1);
        for (uint256 i = 0; i < nodes.length; ++i) _attend(nodes[i]);
        for (uint256 round = 0; round < 10; ++round) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 before = deals.getDeal(deal).deal.balance;
            for (uint256 tries = 0; tries < 3; ++tries) {
                uint8 target = uint8(1 + ((seed >> (16 * tries)) % 8));
                NodeId[] memory named = _surplus(nodes, (seed >> (16 * tries + 8)) % 2 == 0 ? target : 1);
                IDeals.Terms memory terms = _tipTerms();
                vm.prank(scaler);
                (bool done, ) = address(deals).call(abi.encodeCall(deals.setTarget, (deal, terms, target, named)));
                (done, ) = address(deals).call(abi.encodeCall(deals.matchDeal, (deal, terms, _candidates(nodes))));
            }
            _skipEpochs(1);
            for (uint256 i = 0; i < nodes.length; ++i) _attend(nodes[i]);
            vm.assertLe(before - deals.getDeal(deal).deal.balance, cap, "an epoch costs more than the cap");
        }
    }

    // ---- helpers ----

    function _allow(uint256 cap) private {
        vm.prank(developer);
        deals.setScaler(deal, scaler, cap);
    }

    function _scale(uint8 target) private {
        _scaleNaming(target, new NodeId[](0));
    }

    function _scaleNaming(uint8 target, NodeId[] memory named) private {
        IDeals.Terms memory terms = _tipTerms();
        vm.prank(scaler);
        deals.setTarget(deal, terms, target, named);
    }

    function _expectRefusal(uint8 target, NodeId[] memory named, bytes memory reason) private {
        IDeals.Terms memory terms = _tipTerms();
        vm.expectRevert(reason);
        vm.prank(scaler);
        deals.setTarget(deal, terms, target, named);
    }

    function _setByOwner(uint8 target, NodeId[] memory named) private {
        IDeals.Terms memory terms = _tipTerms();
        vm.prank(developer);
        deals.setTarget(deal, terms, target, named);
    }

    function _tooSoon() private view returns (bytes memory) {
        return abi.encodeWithSelector(IDealsControl.DealsScalerTooSoon.selector, deal, FIRST_EPOCH, FIRST_EPOCH + 1);
    }

    function _matchBoth() private {
        deals.matchDeal(deal, _tipTerms(), _candidates(_both()));
    }

    function _scaleDownTo1() private {
        _setByOwner(1, new NodeId[](0));
    }

    /// @dev Nodes at the price limit, each of a provider of its own.
    function _market(uint256 count) private returns (NodeId[] memory nodes) {
        nodes = new NodeId[](count);
        for (uint256 i = 0; i < count; ++i) {
            (ProviderId provider, ) = _newProvider(string.concat("more", vm.toString(i)), 100);
            nodes[i] = _newNode(provider, 100, 2 * ASK);
        }
    }

    /// @dev Of those who work and have begun as many as are above the target.
    function _surplus(NodeId[] memory nodes, uint8 target) private view returns (NodeId[] memory named) {
        uint256 workers = deals.getDeal(deal).deal.workers;
        uint256 count = workers > target ? workers - target : 0;
        named = new NodeId[](count);
        uint256 found = 0;
        for (uint256 i = 0; i < nodes.length && found < count; ++i) {
            IDeals.Worker memory w = deals.getWorker(deal, nodes[i]);
            if (w.firstEpoch != 0 && w.lastEpoch == 0 && w.firstEpoch <= _epoch()) named[found++] = nodes[i];
        }
        assembly ("memory-safe") {
            mstore(named, found)
        }
    }
}
