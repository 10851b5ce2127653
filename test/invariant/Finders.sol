// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {Attesters} from "./Attesters.sol";

/// @notice What those do who find nodes for deals: match, challenge, have the tips paid.
abstract contract Finders is Attesters {
    /// @dev Proposes what is eligible, and one node that may not be.
    function matchDeal(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal) = _deal(seed);
        if (!any) return;
        IDeals.Candidate[] memory candidates = new IDeals.Candidate[](1 + (seed % 4));
        for (uint256 i = 0; i < candidates.length; ++i) {
            candidates[i] = IDeals.Candidate(_node(seed >> (8 * i)), type(uint80).max);
        }
        IDeals.Terms memory terms = abi.decode(termsOf[DealId.unwrap(deal)], (IDeals.Terms));
        address matcher = _finder(seed >> 64);
        uint32 window = parameters.windows().matchChallengeWindow;
        vm.prank(matcher);
        try deals.matchDeal(deal, terms, candidates) returns (IDeals.Refusal[] memory refusals) {
            for (uint256 i = 0; i < refusals.length; ++i) {
                if (refusals[i] != IDeals.Refusal.None) continue;
                NodeId node = candidates[i].node;
                _checkAdmitted(terms, node);
                uint256 price = uint256(deals.getWorker(deal, node).pricePerUnitEpoch) * terms.unitsPerWorker;
                model.assign(DealId.unwrap(deal), NodeId.unwrap(node), price, matcher, terms.tipPerWorker, window);
            }
            _absorb();
        } catch {
            _discard();
        }
    }

    /// @dev Goes through only if the model would let it, and surely if the node would be taken as a further worker, too.
    function challenge(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _newWorker(seed);
        if (!any) return;
        IDeals.Terms memory terms = abi.decode(termsOf[DealId.unwrap(deal)], (IDeals.Terms));
        uint256 price = deals.getWorker(deal, node).pricePerUnitEpoch;
        NodeId candidate = _cheaperNode(seed, deal, terms, price);
        (bool may, bool must) = _mayReplace(deal, terms, node, candidate);
        address challenger = _finder(seed >> 64);
        vm.prank(challenger);
        bool done = _did(abi.encodeCall(deals.challenge, (deal, terms, node, candidate)));
        vm.assertTrue(!done || may, "replaced only if the model says so");
        vm.assertTrue(done || !must, "replaced if the model says so and the node is eligible");
        if (!done) return;
        _checkAdmitted(terms, candidate);
        price = uint256(deals.getWorker(deal, candidate).pricePerUnitEpoch) * terms.unitsPerWorker;
        model.replace(DealId.unwrap(deal), NodeId.unwrap(node), NodeId.unwrap(candidate), price, challenger);
    }

    /// @dev A node that is cheaper than the price by more than the tolerance and fit for the deal, if there is one.
    function _cheaperNode(
        uint256 seed,
        DealId deal,
        IDeals.Terms memory terms,
        uint256 price
    ) private view returns (NodeId node) {
        uint32 count = registry.nodeCount();
        for (uint256 i = 0; i < count; ++i) {
            node = NodeId.wrap(uint32(1 + (((seed % count) + i) % count)));
            (IDeals.Refusal[] memory refusals, uint80[] memory asks) = deals.eligibility(deal, terms, _list(node));
            bool cheaper = uint256(asks[0]) * (10_000 + uint256(terms.priceToleranceBps)) < price * 10_000;
            bool fit = refusals[0] == IDeals.Refusal.None || refusals[0] == IDeals.Refusal.TargetReached;
            if (cheaper && fit) return node;
        }
    }

    function _mayReplace(
        DealId deal,
        IDeals.Terms memory terms,
        NodeId node,
        NodeId candidate
    ) private view returns (bool may, bool must) {
        IRegistry.NodeQuote memory offered = registry.quoteNode(candidate, address(token));
        uint256 index = model.workerOf(DealId.unwrap(deal), NodeId.unwrap(node));
        uint256 price = deals.getWorker(deal, node).pricePerUnitEpoch;
        may =
            model.challengeable(index, offered.changedEpoch) &&
            uint256(offered.askPerUnitEpoch) * (10_000 + uint256(terms.priceToleranceBps)) < price * 10_000;
        (IDeals.Refusal[] memory refusals, ) = deals.eligibility(deal, terms, _list(candidate));
        must = may && refusals[0] == IDeals.Refusal.None;
    }

    function payTip(uint256 seed) external {
        seed = _mixed(seed);
        (bool any, DealId deal, NodeId node) = _worker(seed);
        if (!any) return;
        uint256 index = model.workerOf(DealId.unwrap(deal), NodeId.unwrap(node));
        bool due = model.tipDue(index);
        vm.assertEq(_did(abi.encodeCall(deals.payTip, (deal, node))), due, "a tip is paid once it is due");
        if (due) model.payTip(index);
    }
}
