// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IDealsAll} from "../../contracts/deals/IDealsAll.sol";
import {Modules} from "../../contracts/deals/Modules.sol";
import {Registry} from "../../contracts/registry/Registry.sol";
import {Staking} from "../../contracts/staking/Staking.sol";
import {TestStablecoin} from "../../contracts/token/TestStablecoin.sol";
import {Market} from "../lib/Market.sol";
import {Vm} from "../lib/Vm.sol";
import {Model} from "./Model.sol";
import {Rebuild} from "./Rebuild.sol";

/// @notice Three developers, four providers with three nodes each, and the books that an invariant run is checked against.
abstract contract Actors is Market {
    uint256 internal constant PROVIDERS = 4;
    uint256 internal constant DEVELOPERS = 3;
    uint256 internal constant FINDERS = 2;

    address internal slasher = _account("slasher");
    address internal attesterAccount = _account("attester");

    /// @dev The one attribute beyond the packed ones.
    bytes32 internal constant GRADE = "grade";

    Model public model;
    Rebuild public rebuild;

    mapping(uint256 deal => bytes) public termsOf;

    struct WorkerKey {
        DealId deal;
        NodeId node;
    }

    uint256 private _calls;

    /// @dev Workers assigned and not yet released.
    WorkerKey[] private _workers;

    constructor() {
        _deployMarket();
        model = new Model(_epoch());
        rebuild = new Rebuild();
        for (uint256 i = 0; i < PROVIDERS; ++i) {
            (ProviderId provider, ) = _newProvider(string.concat("provider", vm.toString(i)), 6);
            for (uint256 j = 0; j < 3; ++j) {
                NodeId node = _newNode(provider, uint16(2 + j), uint80(ASK + 1000 * i + j));
                model.attend(NodeId.unwrap(node));
            }
        }
        vm.prank(admin);
        staking.addSlasher(slasher);
        _skipEpochs(6); // the thaw: from now on it may slash
        for (uint256 i = 0; i < 6; ++i) model.nextEpoch();
        vm.recordLogs();
    }

    // ---- for the invariants ----

    function contracts() external view returns (IDealsAll, Modules, Registry, Staking, TestStablecoin) {
        return (deals, modules, registry, staking, token);
    }

    function slasherAccount() external view returns (address) {
        return slasher;
    }

    function workerKeys() external view returns (WorkerKey[] memory) {
        return _workers;
    }

    function payouts() external view returns (address[] memory accounts) {
        accounts = new address[](PROVIDERS);
        for (uint256 i = 0; i < PROVIDERS; ++i) accounts[i] = registry.payoutOf(ProviderId.wrap(uint32(i + 1)));
    }

    function developers() external returns (address[] memory accounts) {
        accounts = new address[](DEVELOPERS);
        for (uint256 i = 0; i < DEVELOPERS; ++i) accounts[i] = _developer(i);
    }

    /// @notice Those who match and challenge.
    function finders() external returns (address[] memory accounts) {
        accounts = new address[](FINDERS + DEVELOPERS);
        for (uint256 i = 0; i < accounts.length; ++i) accounts[i] = _finder(i);
    }

    // ---- choosing ----

    /// @dev The runner likes small and extreme numbers; all bits of what comes out matter alike.
    function _mixed(uint256 seed) internal returns (uint256) {
        return uint256(keccak256(abi.encode(seed, ++_calls)));
    }

    function _developer(uint256 seed) internal returns (address) {
        return _account(string.concat("developer", vm.toString(seed % DEVELOPERS)));
    }

    /// @dev Developers match, too: a deal that is created and matched in one call is matched by its owner.
    function _finder(uint256 seed) internal returns (address) {
        uint256 index = seed % (FINDERS + DEVELOPERS);
        if (index >= FINDERS) return _developer(index - FINDERS);
        return _account(string.concat("finder", vm.toString(index)));
    }

    function _provider(uint256 seed) internal pure returns (ProviderId) {
        return ProviderId.wrap(uint32(1 + (seed % PROVIDERS)));
    }

    function _node(uint256 seed) internal view returns (NodeId) {
        return NodeId.wrap(uint32(1 + (seed % registry.nodeCount())));
    }

    function _deal(uint256 seed) internal view returns (bool any, DealId deal) {
        uint64 count = deals.dealCount();
        any = count != 0;
        if (any) deal = DealId.wrap(uint64(1 + (seed % count)));
    }

    /// @dev An insolvent deal if there is one, mostly.
    function _poorDeal(uint256 seed) internal view returns (bool any, DealId deal) {
        for (uint64 id = 1; id <= deals.dealCount() && seed % 8 != 0; ++id) {
            if (deals.getDeal(DealId.wrap(id)).status == IDeals.Status.Insolvent) return (true, DealId.wrap(id));
        }
        return _deal(seed);
    }

    function _worker(uint256 seed) internal view returns (bool any, DealId deal, NodeId node) {
        any = _workers.length != 0;
        if (!any) return (false, deal, node);
        WorkerKey storage key = _workers[(seed >> 128) % _workers.length];
        return (true, key.deal, key.node);
    }

    /// @dev One of the last three that were assigned.
    function _newWorker(uint256 seed) internal view returns (bool, DealId, NodeId) {
        uint256 back = 1 + ((seed >> 128) % 3);
        return _worker(_workers.length < back ? seed : (_workers.length - back) << 128);
    }

    /// @dev A worker that may be evicted if there is one, mostly.
    function _absentWorker(uint256 seed, uint256 needed) internal view returns (bool, DealId, NodeId) {
        for (uint256 i = 0; i < _workers.length && seed % 8 != 0; ++i) {
            (DealId deal, NodeId node) = (_workers[i].deal, _workers[i].node);
            uint256 index = model.workerOf(DealId.unwrap(deal), NodeId.unwrap(node));
            if (model.evictable(index, needed)) return (true, deal, node);
        }
        return _worker(seed);
    }

    /// @dev Up to `most` nodes that work for the deal, or have and were not released.
    function _workersOf(DealId deal, uint256 most) internal view returns (NodeId[] memory found) {
        uint256 count = 0;
        found = new NodeId[](most);
        for (uint256 i = 0; i < _workers.length && count < most; ++i) {
            if (_workers[i].deal == deal) found[count++] = _workers[i].node;
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    function _someEpoch(uint256 seed) internal view returns (uint32) {
        return seed % 2 == 0 ? type(uint32).max : _epoch() - uint32((seed >> 8) % 6);
    }

    function _randomTerms(uint256 seed) internal view returns (IDeals.Terms memory terms) {
        terms = _terms(uint8(1 + ((seed >> 8) % 5)));
        terms.unitsPerWorker = uint16(1 + ((seed >> 16) % 3));
        terms.minWorkers = uint8(1 + ((seed >> 24) % terms.targetWorkers));
        if (seed % 2 == 0) terms.minWorkers = 1;
        terms.maxWorkersPerProvider = uint8(1 + ((seed >> 32) % 3));
        terms.priceLimit = uint80(ASK + ((seed >> 40) % (2 * ASK)));
        terms.priceToleranceBps = uint16((seed >> 64) % 3000);
        if ((seed >> 72) % 3 != 0) terms.tipPerWorker = uint80((seed >> 80) % (4 * ASK));
        if ((seed >> 48) % 4 == 0) {
            terms.endEpoch = _epoch() + parameters.values().minFundedEpochs + uint32((seed >> 56) % 20);
        }
        if ((seed >> 176) % 3 == 0) terms.functionCommitment = keccak256("function");
        if ((seed >> 184) % 3 == 0) {
            address attester = (seed >> 192) % 2 == 0 ? address(0) : attesterAccount;
            IDeals.Operator operator = IDeals.Operator((seed >> 200) % 4);
            terms.constraints[0] = IDeals.Constraint(GRADE, operator, uint64((seed >> 208) % 4), attester);
        }
    }

    // ---- doing ----

    /// @dev A node sleeps for some epochs together, or none would ever be evicted.
    function _attendAwake() internal {
        uint32 epoch = _epoch();
        for (uint32 node = 1; node <= registry.nodeCount(); ++node) {
            bool asleep = uint256(keccak256(abi.encode(node, epoch >> 2))) % 6 == 0;
            if (asleep || registry.attended(NodeId.wrap(node), epoch)) continue;
            _attend(NodeId.wrap(node));
            model.attend(node);
        }
        _absorb();
    }

    /// @dev Calls Deals as whoever was pranked; true if it went through.
    function _did(bytes memory data) internal returns (bool success) {
        return _didAt(address(deals), data);
    }

    function _didAt(address target, bytes memory data) internal returns (bool success) {
        (success, ) = target.call(data);
        if (success) _absorb();
        else _discard();
    }

    function _end(bytes memory data, DealId deal, NodeId node) internal returns (bool success) {
        success = _did(data);
        if (success) model.end(DealId.unwrap(deal), NodeId.unwrap(node));
    }

    function _refused(bytes memory data) internal {
        _refusedAt(address(deals), data);
    }

    function _refusedAt(address target, bytes memory data) internal {
        (bool success, ) = target.call(data);
        vm.assertFalse(success, "only who it belongs to may do this");
        _discard();
    }

    function _forget(DealId deal, NodeId node) internal {
        for (uint256 i = 0; i < _workers.length; ++i) {
            if (_workers[i].deal == deal && _workers[i].node == node) {
                _workers[i] = _workers[_workers.length - 1];
                _workers.pop();
                return;
            }
        }
    }

    /// @dev The runner records events of calls that were undone, too.
    function _discard() internal {
        vm.getRecordedLogs();
    }

    /// @dev Hands all new events of Deals and Modules to the rebuilt state, and notes who works.
    function _absorb() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) _absorbLog(logs[i]);
    }

    /// @dev Of a creation whose match was undone: the runner recorded what the match had emitted by then.
    function _absorbCreation() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 name = logs[i].topics[0];
            if (name == IDeals.DealCreated.selector || name == IDeals.Deposited.selector) _absorbLog(logs[i]);
        }
    }

    function _absorbLog(Vm.Log memory log) private {
        if (log.emitter != address(deals) && log.emitter != address(modules)) return;
        rebuild.absorb(log);
        if (log.topics[0] == IDeals.WorkerAssigned.selector) {
            _workers.push(
                WorkerKey(DealId.wrap(uint64(uint256(log.topics[1]))), NodeId.wrap(uint32(uint256(log.topics[2]))))
            );
        }
    }
}
