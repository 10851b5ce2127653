// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {Finders} from "./Finders.sol";

/// @notice What an invariant run may do. Each action does it to the contracts and tells the model what happened; whether an
/// eviction or a release goes through is asserted against the model at once.
contract Handler is Finders {
    uint256 private constant MAX_DEALS = 6;

    // ---- time, providers ----

    /// @dev In most epochs the nodes attend that are not asleep; in some nobody does.
    function skipEpochs(uint256 seed) external {
        seed = _mixed(seed);
        uint256 count = 1 + (seed % 3);
        for (uint256 i = 0; i < count; ++i) {
            _skipEpochs(1);
            model.nextEpoch();
            if ((seed >> (8 + 3 * i)) % 8 != 0) _attendAwake();
        }
    }

    function attend(uint256) external {
        _attendAwake();
    }

    function setAsk(uint256 seed) external {
        seed = _mixed(seed);
        NodeId node = _node(seed);
        address owner = registry.ownerOf(registry.getNode(node).provider);
        vm.prank(owner);
        registry.setOffer(node, address(token), uint80(1 + ((seed >> 32) % (3 * ASK))), seed % 8 != 0);
    }

    function changeStake(uint256 seed) external {
        seed = _mixed(seed);
        ProviderId provider = _provider(seed);
        uint96 free = staking.freeStake(provider);
        if (seed % 2 == 0) return _stake(provider, 1 + ((seed >> 8) % 8));
        uint96 amount = uint96((seed >> 8) % (free + 1));
        if (amount == 0) return;
        vm.prank(registry.ownerOf(provider));
        staking.requestThaw(provider, amount);
    }

    function changeParameters(uint256 seed) external {
        seed = _mixed(seed);
        vm.startPrank(admin);
        parameters.setProtocolFeeBps(uint16(seed % 501));
        parameters.setMinFundedEpochs(uint16(1 + ((seed >> 16) % 4)));
        parameters.setStakePerUnit(uint96(1 + ((seed >> 32) % 400)) * 1 ether);
        parameters.setMaxMissedEpochs(uint16(1 + ((seed >> 48) % 3)));
        parameters.setEvictionSlashBps(uint16((seed >> 64) % 1001));
        parameters.setResignNoticeEpochs(uint16(1 + ((seed >> 80) % 4)));
        parameters.setMatchChallengeWindow(uint8(1 + ((seed >> 96) % 6)));
        parameters.setDisputeWindow(1 + uint32((seed >> 104) % DISPUTE_WINDOW)); // the thaw leaves no more
        vm.stopPrank();
    }

    // ---- developers ----

    /// @dev Every other one with a match in the same call.
    function createDeal(uint256 seed) external {
        seed = _mixed(seed);
        if (deals.dealCount() == MAX_DEALS) return;
        IDeals.Terms memory terms = _randomTerms(seed);
        uint256 deposit = (deals.quote(terms, 0).minimumDeposit * (4 + ((seed >> 128) % 9))) / 4;
        address owner = _developer(seed);
        _fund(owner, deposit);
        // three different nodes
        IDeals.Candidate[] memory candidates = new IDeals.Candidate[]((seed >> 160) % 4);
        for (uint256 i = 0; i < candidates.length; ++i) {
            candidates[i] = IDeals.Candidate(_node((seed >> 168) + 5 * i), type(uint80).max);
        }
        DealId deal = DealId.wrap(deals.dealCount() + 1);
        bool matched = false;
        vm.prank(owner);
        if ((seed >> 152) % 2 == 0) deals.createDeal(terms, deposit);
        else (, matched) = deals.createDealAndMatch(terms, deposit, candidates);
        termsOf[DealId.unwrap(deal)] = abi.encode(terms);
        IDeals.Deal memory d = deals.getDeal(deal).deal;
        model.create(deposit, d.minFundedEpochs, d.feeBps, terms.endEpoch, _heldEpochs(terms));
        vm.assertEq(matched, d.workers != 0, "matched or waiting");
        if (!matched) return _absorbCreation();
        _tellAssigned(deal, candidates, owner, terms);
        _absorb();
    }

    /// @dev Every epoch here begins on its second: a worker is held for whole ones.
    function _heldEpochs(IDeals.Terms memory terms) private view returns (uint256) {
        if (terms.functionCommitment == 0) return 0;
        return (uint256(parameters.windows().disputeWindow) + EPOCH_SECONDS - 1) / EPOCH_SECONDS;
    }

    /// @dev To the model; all of the new deal's workers are among the candidates.
    function _tellAssigned(
        DealId deal,
        IDeals.Candidate[] memory candidates,
        address matcher,
        IDeals.Terms memory terms
    ) private {
        uint32 window = parameters.windows().matchChallengeWindow;
        for (uint256 i = 0; i < candidates.length; ++i) {
            NodeId node = candidates[i].node;
            uint256 price = uint256(deals.getWorker(deal, node).pricePerUnitEpoch) * terms.unitsPerWorker;
            if (price == 0) continue;
            _checkAdmitted(terms, node);
            model.assign(DealId.unwrap(deal), NodeId.unwrap(node), price, matcher, terms.tipPerWorker, window);
        }
    }

    function topUp(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal) = _poorDeal(seed);
        if (!any) return;
        uint256 amount = 1 + ((seed >> 16) % (20 * uint256(ASK)));
        _fund(_developer(seed >> 8), amount);
        vm.prank(_developer(seed >> 8));
        if (_did(abi.encodeCall(deals.topUp, (deal, amount)))) model.deposit(DealId.unwrap(deal), amount);
    }

    function withdraw(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal) = _deal(seed);
        if (!any) return;
        IDeals.DealView memory seen = deals.getDeal(deal);
        if (seen.withdrawable == 0) return;
        uint256 amount = seed % 3 == 0 ? seen.withdrawable : 1 + ((seed >> 16) % seen.withdrawable);
        vm.prank(seen.owner);
        deals.withdraw(deal, amount, seen.owner);
        model.withdraw(DealId.unwrap(deal), amount);
        _absorb();
    }

    function stop(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal) = _deal(seed);
        if (!any || seed % 8 != 0) return;
        vm.prank(deals.getDeal(deal).owner);
        if (_did(abi.encodeCall(deals.stop, (deal)))) model.stop(DealId.unwrap(deal));
    }

    function dismiss(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        vm.prank(deals.getDeal(deal).owner);
        _end(abi.encodeCall(deals.dismiss, (deal, node)), deal, node);
    }

    /// @dev Names up to two workers of the deal; whatever goes through leaves no more of them than wanted.
    function setTarget(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal) = _deal(seed);
        if (!any) return;
        IDeals.Terms memory terms = abi.decode(termsOf[DealId.unwrap(deal)], (IDeals.Terms));
        NodeId[] memory dismissed = _workersOf(deal, (seed >> 8) % 3);
        uint8 target = uint8((seed >> 16) % 7);
        vm.prank(deals.getDeal(deal).owner);
        if (!_did(abi.encodeCall(deals.setTarget, (deal, terms, target, dismissed)))) return;
        for (uint256 i = 0; i < dismissed.length; ++i) model.end(DealId.unwrap(deal), NodeId.unwrap(dismissed[i]));
        vm.assertLe(deals.getDeal(deal).deal.workers, target, "no more workers than wanted");
    }

    function setModule(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal) = _deal(seed);
        if (!any) return;
        bytes32 commitment = seed % 2 == 0 ? bytes32(0) : bytes32(seed);
        bool committed = rebuild.disputeWindowOf(DealId.unwrap(deal)) != 0;
        vm.prank(deals.getDeal(deal).owner);
        bool done = _didAt(address(modules), abi.encodeCall(modules.setModule, (deal, bytes32(seed | 1), commitment)));
        vm.assertTrue(!done || committed || commitment == 0, "a commitment needs one in the terms");
    }

    function barOrUnbar(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal) = _deal(seed);
        if (!any) return;
        ProviderId provider = _provider(seed >> 8);
        bool barred = deals.isBarred(deal, provider);
        if (!barred && seed % 4 != 0) return;
        vm.prank(deals.getDeal(deal).owner);
        _did(barred ? abi.encodeCall(deals.unbar, (deal, provider)) : abi.encodeCall(deals.bar, (deal, provider)));
    }

    // ---- anyone ----

    function evict(uint256 seed) external {
        seed = _mixed(seed);
        uint256 needed = parameters.values().maxMissedEpochs;
        (bool any, DealId deal, NodeId node) = _absentWorker(seed, needed);
        if (!any) return;
        uint256 index = model.workerOf(DealId.unwrap(deal), NodeId.unwrap(node));
        bool expected = model.evictable(index, needed);
        bool evicted = _end(abi.encodeCall(deals.evict, (deal, node)), deal, node);
        vm.assertEq(evicted, expected, "evicted exactly when the model says so");
    }

    function release(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        uint256 index = model.workerOf(DealId.unwrap(deal), NodeId.unwrap(node));
        bool expected = model.releasable(index);
        bool released = _did(abi.encodeCall(deals.release, (deal, node)));
        vm.assertEq(released, expected, "released exactly when the model says so");
        if (!released) return;
        model.payTip(index);
        _forget(deal, node);
    }

    function settleWorker(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        _did(abi.encodeCall(deals.settleWorker, (deal, node, _someEpoch(seed))));
    }

    /// @dev Any share of any lock; one that runs or has not begun ends with it.
    function slashWorker(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any || seed % 4 == 0) return;
        uint16 bps = uint16(1 + ((seed >> 8) % 6_000));
        vm.prank(slasher);
        if (!_did(abi.encodeCall(deals.slashWorker, (deal, node, bps, slasher)))) return;
        model.endIfOpen(DealId.unwrap(deal), NodeId.unwrap(node));
    }

    function vetoSlash(uint256 seed) external {
        uint64 count = staking.slashCount();
        if (count == 0) return;
        vm.prank(admin);
        _didAt(address(staking), abi.encodeCall(staking.vetoSlash, (1 + uint64(_mixed(seed) % count))));
    }

    function executeSlash(uint256 seed) external {
        uint64 count = staking.slashCount();
        if (count == 0) return;
        _didAt(address(staking), abi.encodeCall(staking.executeSlash, (1 + uint64(_mixed(seed) % count))));
    }

    // ---- providers ----

    function claim(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        address payout = registry.payoutOf(deals.getWorker(deal, node).provider);
        vm.prank(payout);
        _did(abi.encodeCall(deals.claim, (deal, node, _someEpoch(seed), payout)));
    }

    /// @dev Up to three workers, whosever they are: what belongs to another provider, or is paid, is passed over.
    function claimAll(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        address payout = registry.payoutOf(deals.getWorker(deal, node).provider);
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](1 + (seed % 3));
        for (uint256 i = 0; i < items.length; ++i) {
            (, items[i].deal, items[i].node) = _worker(seed << (8 * i));
        }
        uint256 before = token.balanceOf(payout);
        uint256 earned = deals.earnings(payout, address(token));
        vm.prank(payout);
        vm.assertTrue(_did(abi.encodeCall(deals.claimAll, (items, _someEpoch(seed), payout))), "claims never fail");
        vm.assertLe(before, token.balanceOf(payout));
        vm.assertEq(deals.earnings(payout, address(token)), earned, "what was settled before stays");
    }

    function resign(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        vm.prank(registry.ownerOf(deals.getWorker(deal, node).provider));
        _did(abi.encodeCall(deals.resign, (deal, node)));
    }

    function endWorker(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        address owner = registry.ownerOf(deals.getWorker(deal, node).provider);
        vm.prank(seed % 2 == 0 ? owner : address(this));
        _end(abi.encodeCall(deals.endWorker, (deal, node)), deal, node);
    }

    function pull(uint256 seed) external {
        seed = _mixed(seed);
        vm.prank(registry.payoutOf(_provider(seed)));
        _did(abi.encodeCall(deals.withdrawEarnings, (address(token), holder)));
        vm.prank(_developer(seed));
        _did(abi.encodeCall(deals.withdrawRefund, (address(token), holder)));
        address finder = _finder(seed);
        vm.prank(finder);
        if (_did(abi.encodeCall(deals.withdrawEarnings, (address(token), holder)))) model.withdrawTips(finder);
        if (seed % 4 == 0) _did(abi.encodeCall(deals.collectFees, (address(token))));
    }

    // ---- whoever has no right to ----

    /// @notice Invariant 8: what belongs to others cannot be touched.
    function trespass(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        ProviderId provider = deals.getWorker(deal, node).provider;
        _refused(abi.encodeCall(deals.withdraw, (deal, 1, address(this))));
        _refused(abi.encodeCall(deals.stop, (deal)));
        _refused(abi.encodeCall(deals.dismiss, (deal, node)));
        NodeId[] memory dismissed = _workersOf(deal, 1);
        IDeals.Terms memory terms = abi.decode(termsOf[DealId.unwrap(deal)], (IDeals.Terms));
        _refused(abi.encodeCall(deals.setTarget, (deal, terms, terms.minWorkers, dismissed)));
        _refusedAt(address(modules), abi.encodeCall(modules.setModule, (deal, bytes32(seed | 1), 0)));
        _refused(abi.encodeCall(deals.slashWorker, (deal, node, 1, address(this))));
        _refused(abi.encodeCall(deals.bar, (deal, provider)));
        _refused(abi.encodeCall(deals.unbar, (deal, provider)));
        _refused(abi.encodeCall(deals.resign, (deal, node)));
        _refused(abi.encodeCall(deals.claim, (deal, node, type(uint32).max, address(this))));
        _refused(abi.encodeCall(deals.withdrawEarnings, (address(token), address(this))));
        _refused(abi.encodeCall(deals.withdrawRefund, (address(token), address(this))));
    }
}
