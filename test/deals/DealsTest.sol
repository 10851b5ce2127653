// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {Market} from "../lib/Market.sol";

/// @notice Two providers with a node each and a deal of two wanted workers that nobody works for yet.
abstract contract DealsTest is Market {
    /// @dev Charged for one worker at ASK.
    uint256 internal constant PRICE = uint256(ASK) * UNITS;
    uint256 internal constant FEE = (PRICE * FEE_BPS) / 10_000;
    /// @dev Least deposit of `_terms(2)`.
    uint256 internal constant MINIMUM = uint256(MIN_FUNDED) * 2 * PRICE * 2;
    uint256 internal constant DEPOSIT = MINIMUM + 100;
    uint96 internal constant LOCK = STAKE_PER_UNIT * UNITS;
    uint32 internal constant EVER = type(uint32).max;
    /// @dev More than a saving of 1 per unit and epoch comes to, less than one of ASK / 2.
    uint80 internal constant TIP = 7_000;

    ProviderId internal provider1;
    ProviderId internal provider2;
    address internal owner1;
    address internal owner2;
    NodeId internal node1;
    NodeId internal node2;
    DealId internal deal;
    address internal stranger;

    function setUp() public virtual {
        _deployMarket();
        stranger = _account("stranger");
        (provider1, owner1) = _newProvider("provider1", 100);
        (provider2, owner2) = _newProvider("provider2", 100);
        node1 = _newNode(provider1, 10, ASK);
        node2 = _newNode(provider2, 10, ASK);
        deal = _createDeal(_terms(2), DEPOSIT);
    }

    /// @dev With a tip; a deal costs 2 * TIP more.
    function _tipTerms() internal view returns (IDeals.Terms memory terms) {
        terms = _terms(2);
        terms.tipPerWorker = TIP;
    }

    /// @dev With a function commitment: what workers leave is held for the dispute window.
    function _committedTerms() internal view returns (IDeals.Terms memory terms) {
        terms = _terms(2);
        terms.functionCommitment = keccak256("function");
    }

    /// @dev node1 assigned in this epoch, FIRST_EPOCH; it earns from the next.
    function _assignOne() internal {
        _match(deal, _terms(2), node1);
    }

    function _assignBoth() internal {
        deals.matchDeal(deal, _terms(2), _candidates(_both()));
    }

    function _both() internal view returns (NodeId[] memory nodes) {
        nodes = new NodeId[](2);
        (nodes[0], nodes[1]) = (node1, node2);
    }

    /// @dev Moves on by `count` epochs; node1 attends each of them.
    function _work(uint256 count) internal {
        for (uint256 i = 0; i < count; ++i) {
            _skipEpochs(1);
            _attend(node1);
        }
    }

    /// @dev Moves on by `count` epochs; only node2 attends them.
    function _miss(uint256 count) internal {
        for (uint256 i = 0; i < count; ++i) {
            _skipEpochs(1);
            _attend(node2);
        }
    }

    /// @dev node1 works alone until the deposit is used up, and into the first epoch that is not funded.
    function _workUntilInsolvent() internal {
        _assignOne();
        _work(DEPOSIT / PRICE + 1);
    }

    function _unauthorized(address caller, address expected) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IDeals.DealsUnauthorized.selector, deal, caller, expected);
    }

    function _unknownDeal() internal returns (DealId unknown) {
        unknown = DealId.wrap(99);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsUnknown.selector, unknown));
    }

    function _unknownWorker(NodeId node) internal {
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsWorkerUnknown.selector, deal, node));
    }
}
