// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

/// @notice Each refusal; `matchDeal` uses the same checks.
contract EligibilityTest is DealsTest {
    bytes32 private constant GPUS = "gpus";

    function test_eligibility_tellsTheAsk_whenNothingIsInTheWay() public view {
        NodeId[] memory nodes = new NodeId[](2);
        (nodes[0], nodes[1]) = (node1, node2);
        (IDeals.Refusal[] memory refusals, uint80[] memory asks) = deals.eligibility(deal, _terms(2), nodes);
        vm.assertEq(uint256(refusals[0]), uint256(IDeals.Refusal.None));
        vm.assertEq(uint256(refusals[1]), uint256(IDeals.Refusal.None));
        vm.assertEq(asks[0], ASK);
    }

    function test_eligibility_refuses_whatIsNoNode() public view {
        _expect(NodeId.wrap(0), IDeals.Refusal.NodeUnknown);
        _expect(NodeId.wrap(99), IDeals.Refusal.NodeUnknown);
    }

    function test_eligibility_refuses_aRetiredNode() public {
        vm.prank(owner1);
        registry.retireNode(node1);
        _expect(node1, IDeals.Refusal.NodeRetired);
    }

    function test_eligibility_refuses_anOfferThatIsOff() public {
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ASK, false);
        _expect(node1, IDeals.Refusal.OfferOff);
    }

    function test_eligibility_refuses_anAskOutsideTheLimits() public {
        _setAsk(2 * ASK);
        _expect(node1, IDeals.Refusal.None);
        _setAsk(2 * ASK + 1);
        _expect(node1, IDeals.Refusal.AbovePriceLimit);
        _setAsk(1);
        _expect(node1, IDeals.Refusal.None);
        _setAsk(0);
        _expect(node1, IDeals.Refusal.BelowMinimumAsk);
    }

    function test_eligibility_refuses_aNodeWithTooFewUnits() public {
        _expect(_newNode(provider1, UNITS - 1, ASK), IDeals.Refusal.UnitsShort);
        _expect(_newNode(provider1, UNITS, ASK), IDeals.Refusal.None);
    }

    function test_eligibility_refuses_aProviderWithTooLittleStake() public {
        (ProviderId poor, address owner) = _newProvider("poor", UNITS);
        NodeId node = _newNode(poor, 10, ASK);
        _expect(node, IDeals.Refusal.None);
        vm.prank(owner);
        staking.requestThaw(poor, 1);
        _expect(node, IDeals.Refusal.StakeShort);
    }

    function test_eligibility_refuses_aNodeOutsideTheConstraints() public {
        IDeals.Terms memory terms = _terms(2);
        terms.constraints[0] = _declared(CORES, IDeals.Operator.AtLeast, 9);
        deal = _createDeal(terms, DEPOSIT);
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
        terms.constraints[0].value = 8;
        deal = _createDeal(terms, DEPOSIT);
        _expect(terms, node1, IDeals.Refusal.None);
    }

    /// @notice By name: what the owner declares, as it is now.
    function test_eligibility_refuses_aNode_whoseOwnerDeclaresTooLittle() public {
        IDeals.Terms memory terms = _withConstraint(GPUS, IDeals.Operator.AtLeast, 2, address(0));
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
        _declare(node1, GPUS, 1);
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
        _declare(node1, GPUS, 2);
        _expect(terms, node1, IDeals.Refusal.None);
        // what anybody attests is not asked for
        _declare(node1, GPUS, 0);
        _attest(stranger, GPUS, 2);
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
    }

    function test_eligibility_failsEveryOperator_whereTheNamedAttributeIsMissing() public {
        for (uint256 operator = 0; operator < 4; ++operator) {
            _expect(
                _withConstraint(GPUS, IDeals.Operator(operator), 0, address(0)),
                node1,
                IDeals.Refusal.ConstraintUnmet
            );
            _expect(
                _withConstraint(CORES, IDeals.Operator(operator), 0, stranger),
                node1,
                IDeals.Refusal.ConstraintUnmet
            );
        }
    }

    /// @notice Attested by the one whom the terms name, not by another, and not what the owner says.
    function test_eligibility_refuses_aNode_thatTheNamedAttesterDoesNotKnow() public {
        address other = _account("other attester");
        IDeals.Terms memory terms = _withConstraint(REGION_GROUP, IDeals.Operator.Equal, 4, stranger);
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
        _attest(other, REGION_GROUP, 4);
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
        _attest(stranger, REGION_GROUP, 3);
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
        _attest(stranger, REGION_GROUP, 4);
        _expect(terms, node1, IDeals.Refusal.None);
        _expect(terms, node2, IDeals.Refusal.ConstraintUnmet);
    }

    function test_eligibility_refuses_aNode_whoseAttestationHoldsNoMore() public {
        IDeals.Terms memory terms = _withConstraint(GPUS, IDeals.Operator.AtLeast, 2, stranger);
        _attest(stranger, GPUS, 2);
        _expect(terms, node1, IDeals.Refusal.None);
        vm.prank(stranger);
        registry.revokeAttestation(node1, GPUS);
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);

        _attest(stranger, GPUS, 2);
        _skip(4);
        _expect(terms, node1, IDeals.Refusal.None);
        _skip(1); // it holds for five seconds
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);

        _attest(stranger, GPUS, 2);
        _declare(node1, "other", 1); // the node is another one now
        _expect(terms, node1, IDeals.Refusal.ConstraintUnmet);
    }

    function test_eligibility_refuses_aProviderOutsideTheList() public {
        IDeals.Terms memory terms = _terms(2);
        terms.listMode = IDeals.ListMode.Allow;
        terms.providers = new ProviderId[](1);
        terms.providers[0] = provider1;
        deal = _createDeal(terms, DEPOSIT);
        _expect(terms, node1, IDeals.Refusal.None);
        _expect(terms, node2, IDeals.Refusal.NotListed);
        terms.listMode = IDeals.ListMode.Deny;
        deal = _createDeal(terms, DEPOSIT);
        _expect(terms, node1, IDeals.Refusal.NotListed);
        _expect(terms, node2, IDeals.Refusal.None);
    }

    function test_eligibility_refuses_aProviderAtItsLimit() public {
        IDeals.Terms memory terms = _terms(4);
        terms.maxWorkersPerProvider = 1;
        deal = _createDeal(terms, 2 * DEPOSIT);
        _match(deal, terms, node1);
        NodeId other = _newNode(provider1, 10, ASK);
        _expect(terms, other, IDeals.Refusal.ProviderLimit);
        // free again once the worker has ended
        _work(1);
        _attend(other);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _expect(terms, other, IDeals.Refusal.None);
    }

    function test_eligibility_refuses_aBarredProvider() public {
        vm.prank(developer);
        deals.bar(deal, provider1);
        _expect(node1, IDeals.Refusal.ProviderBarred);
    }

    function test_eligibility_refuses_aNodeInTheDeal_untilItIsReleased() public {
        _assignOne();
        _expect(node1, IDeals.Refusal.AlreadyWorking);
        _work(1);
        vm.prank(developer);
        deals.dismiss(deal, node1);
        _work(1);
        _expect(node1, IDeals.Refusal.AlreadyWorking);
        deals.release(deal, node1);
        _expect(node1, IDeals.Refusal.None);
    }

    function test_eligibility_refuses_aNodeThatWasAbsentInThisAndThePreviousEpoch() public {
        _expect(_newAbsentNode(provider1, 10, ASK), IDeals.Refusal.NotAttending);
        _skipEpochs(1);
        _expect(node1, IDeals.Refusal.None);
        _skipEpochs(1);
        _expect(node1, IDeals.Refusal.NotAttending);
    }

    function test_eligibility_refuses_whenTheTargetIsReached() public {
        _assignBoth();
        _expect(_newNode(provider1, 10, ASK), IDeals.Refusal.TargetReached);
    }

    function test_eligibility_reverts_whenTheTermsAreOthers() public {
        vm.expectPartialRevert(IDeals.DealsTermsMismatch.selector);
        deals.eligibility(deal, _terms(3), _list(node1));
    }

    function _withConstraint(
        bytes32 attribute,
        IDeals.Operator operator,
        uint64 value,
        address attester
    ) private returns (IDeals.Terms memory terms) {
        terms = _terms(2);
        terms.constraints[0] = IDeals.Constraint(attribute, operator, value, attester);
        deal = _createDeal(terms, DEPOSIT);
    }

    function _declare(NodeId node, bytes32 attribute, uint64 value) private {
        bytes32[] memory names = new bytes32[](1);
        uint64[] memory values = new uint64[](1);
        (names[0], values[0]) = (attribute, value);
        vm.prank(owner1);
        registry.setAttributes(node, names, values);
    }

    /// @dev Of node1, for five seconds.
    function _attest(address attester, bytes32 attribute, uint64 value) private {
        uint32 revision = registry.getNode(node1).revision;
        vm.prank(attester);
        registry.attest(node1, attribute, value, uint64(block.timestamp + 5), revision);
    }

    function _setAsk(uint80 ask) private {
        vm.prank(owner1);
        registry.setOffer(node1, address(token), ask, true);
    }

    function _expect(NodeId node, IDeals.Refusal expected) private view {
        _expect(_terms(2), node, expected);
    }

    function _expect(IDeals.Terms memory terms, NodeId node, IDeals.Refusal expected) private view {
        (IDeals.Refusal[] memory refusals, ) = deals.eligibility(deal, terms, _list(node));
        vm.assertEq(uint256(refusals[0]), uint256(expected));
    }
}
