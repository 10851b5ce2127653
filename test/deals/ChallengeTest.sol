// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

/// @notice Two nodes that were cheaper all along, and a deal for which somebody matched the dearer node1.
abstract contract ChallengeTest is DealsTest {
    uint80 internal constant CHEAP = ASK / 2;
    uint80 internal constant MIDDLE = ASK - 1000;
    /// @dev What MIDDLE saves in minFundedEpochs: less than TIP. CHEAP saves more.
    uint256 internal constant MIDDLE_SAVES = 1000 * uint256(UNITS) * MIN_FUNDED;
    uint32 internal constant MATCH_EPOCH = FIRST_EPOCH + 1;
    uint32 internal constant WINDOW_END = MATCH_EPOCH + WINDOW;

    NodeId internal cheap;
    NodeId internal middle;
    address internal matcher;
    address internal challenger;

    function setUp() public virtual override {
        super.setUp();
        (matcher, challenger) = (_account("matcher"), _account("challenger"));
        cheap = _newNode(provider2, 10, CHEAP);
        middle = _newNode(provider2, 10, MIDDLE);
        _nextEpoch();
        deal = _dealFor(_tipTerms());
    }

    function _dealFor(IDeals.Terms memory terms) internal returns (DealId created) {
        created = _createDeal(terms, DEPOSIT + 2 * uint256(terms.tipPerWorker));
        vm.prank(matcher);
        deals.matchDeal(created, terms, _candidates(_list(node1)));
    }

    /// @dev All nodes attend it.
    function _nextEpoch() internal {
        _skipEpochs(1);
        _attendEach();
    }

    function _attendEach() internal {
        NodeId[4] memory nodes = [node1, node2, cheap, middle];
        for (uint256 i = 0; i < 4; ++i) _attend(nodes[i]);
    }

    function _challenge(NodeId replaced, NodeId candidate) internal {
        vm.prank(challenger);
        deals.challenge(deal, _tipTerms(), replaced, candidate);
    }

    /// @dev By the challenger.
    function _refused(NodeId replaced, NodeId candidate, bytes memory reason) internal {
        _refusedWith(_tipTerms(), replaced, candidate, reason);
    }

    function _refusedWith(IDeals.Terms memory terms, NodeId replaced, NodeId candidate, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(challenger);
        deals.challenge(deal, terms, replaced, candidate);
    }

    function _changed(NodeId candidate, uint32 epoch) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IDeals.DealsCandidateChanged.selector, deal, candidate, epoch, MATCH_EPOCH);
    }

    function _setAsk(NodeId node, uint80 ask) internal {
        ProviderId provider = registry.getNode(node).provider;
        address owner = registry.ownerOf(provider);
        vm.prank(owner);
        registry.setOffer(node, address(token), ask, true);
    }

    function _earned(address account) internal view returns (uint256) {
        return deals.earnings(account, address(token));
    }
}
