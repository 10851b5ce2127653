// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IDealsAll} from "../../contracts/deals/IDealsAll.sol";
import {Modules} from "../../contracts/deals/Modules.sol";
import {Registry} from "../../contracts/registry/Registry.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {Staking} from "../../contracts/staking/Staking.sol";
import {TestStablecoin} from "../../contracts/token/TestStablecoin.sol";
import {Test} from "../lib/Test.sol";
import {Actors} from "./Actors.sol";
import {Attesters} from "./Attesters.sol";
import {Finders} from "./Finders.sol";
import {Handler} from "./Handler.sol";
import {Model} from "./Model.sol";
import {Rebuild} from "./Rebuild.sol";

/// @dev The runner knows only contracts of the file that it runs.
contract DealsHandler is Handler {}

/// @notice The invariants of docs/protocol.md that concern Deals, by their numbers. 8 is asserted by the handler itself, 10
/// stands in test/gas.
contract DealsInvariantTest is Test {
    DealsHandler private handler;
    Model private model;
    Rebuild private rebuild;
    IDealsAll private deals;
    Modules private modules;
    Registry private registry;
    Staking private staking;
    TestStablecoin private token;

    function setUp() public {
        handler = new DealsHandler();
        (model, rebuild) = (handler.model(), handler.rebuild());
        (deals, modules, registry, staking, token) = handler.contracts();
        bytes4[] memory selectors = new bytes4[](46);
        // what moves things along comes up more often
        selectors[0] = selectors[1] = selectors[2] = selectors[3] = Handler.skipEpochs.selector;
        selectors[4] = Handler.attend.selector;
        selectors[5] = selectors[6] = Handler.changeParameters.selector;
        selectors[7] = selectors[8] = selectors[9] = Finders.matchDeal.selector;
        selectors[10] = Handler.createDeal.selector;
        selectors[11] = Handler.topUp.selector;
        selectors[12] = Handler.withdraw.selector;
        selectors[13] = Handler.stop.selector;
        selectors[14] = Handler.dismiss.selector;
        selectors[15] = Handler.barOrUnbar.selector;
        selectors[16] = Handler.evict.selector;
        selectors[17] = Handler.release.selector;
        selectors[18] = Handler.settleWorker.selector;
        selectors[19] = Handler.claim.selector;
        selectors[20] = Handler.resign.selector;
        selectors[21] = Handler.endWorker.selector;
        selectors[22] = Handler.pull.selector;
        selectors[23] = Handler.trespass.selector;
        selectors[24] = Handler.setAsk.selector;
        selectors[25] = Handler.changeStake.selector;
        selectors[26] = selectors[27] = Handler.evict.selector;
        selectors[28] = selectors[29] = Handler.setTarget.selector;
        selectors[30] = selectors[31] = Handler.setModule.selector;
        selectors[32] = selectors[33] = selectors[34] = Finders.challenge.selector;
        selectors[35] = Finders.payTip.selector;
        selectors[36] = selectors[37] = Handler.slashWorker.selector;
        selectors[38] = Handler.vetoSlash.selector;
        selectors[39] = Handler.executeSlash.selector;
        selectors[40] = selectors[41] = Handler.claimAll.selector;
        selectors[42] = selectors[43] = Attesters.attest.selector;
        selectors[44] = Attesters.revokeAttestation.selector;
        selectors[45] = Attesters.setAttributes.selector;
        _target(address(handler), selectors);
    }

    /// @notice One run checks all: the state is the same for each, and building it up is what takes the time.
    function invariant_all() public {
        _invariant1_dealsHoldsWhatItOwes();
        _invariant2_stakingHoldsWhatItOwes();
        _invariant3_locksAndUnitsAddUp();
        _invariant4and5_whoSettlesWhenChangesNothing();
        _invariant4_tipsAreTheModels();
        _invariant9_eventsGiveTheWholeState();
    }

    /// @dev 1. For every token, Deals holds exactly balances + charged and unclaimed + earnings + refunds + fees + tips.
    function _invariant1_dealsHoldsWhatItOwes() private {
        uint256 sum = deals.fees(address(token));
        for (uint64 deal = 1; deal <= deals.dealCount(); ++deal) sum += deals.getDeal(DealId.wrap(deal)).deal.balance;
        Actors.WorkerKey[] memory keys = handler.workerKeys();
        for (uint256 i = 0; i < keys.length; ++i) {
            IDeals.Owed memory due = deals.owed(keys[i].deal, keys[i].node);
            sum += due.pay + due.fee + due.refund;
            sum += model.inThisEpoch(_index(keys[i])) + model.heldTip(_index(keys[i]));
        }
        address[] memory accounts = handler.payouts();
        for (uint256 i = 0; i < accounts.length; ++i) sum += deals.earnings(accounts[i], address(token));
        accounts = handler.finders();
        for (uint256 i = 0; i < accounts.length; ++i) sum += deals.earnings(accounts[i], address(token));
        accounts = handler.developers();
        for (uint256 i = 0; i < accounts.length; ++i) sum += deals.refunds(accounts[i], address(token));
        vm.assertEq(token.balanceOf(address(deals)), sum, "invariant 1");
    }

    /// @dev 2. Staking holds exactly free + locked + thawing + what is in escrow + shares of executed slashes.
    function _invariant2_stakingHoldsWhatItOwes() private {
        uint256 sum = staking.sharesOf(handler.slasherAccount()) + staking.sharesOf(address(handler));
        for (uint32 id = 1; id <= registry.providerCount(); ++id) {
            IStaking.Stake memory stake = staking.getStake(ProviderId.wrap(id));
            sum += uint256(stake.free) + stake.locked + stake.thawing;
        }
        for (uint64 id = 1; id <= staking.slashCount(); ++id) sum += staking.getSlash(id).amount;
        address[] memory accounts = handler.developers();
        for (uint256 i = 0; i < accounts.length; ++i) sum += staking.sharesOf(accounts[i]);
        vm.assertEq(staking.mill().balanceOf(address(staking)), sum, "invariant 2");
    }

    /// @dev 3. For each provider the locks of its workers are its locked stake; for each node units in use are at most units.
    function _invariant3_locksAndUnitsAddUp() private view {
        uint256[] memory locked = new uint256[](registry.providerCount() + 1);
        uint256[] memory units = new uint256[](registry.nodeCount() + 1);
        Actors.WorkerKey[] memory keys = handler.workerKeys();
        for (uint256 i = 0; i < keys.length; ++i) {
            IDeals.Worker memory w = deals.getWorker(keys[i].deal, keys[i].node);
            uint256 lock = uint256(w.lockMilliMill) * 1e15;
            locked[ProviderId.unwrap(w.provider)] += lock - (lock * w.slashedBps) / 10_000;
            units[NodeId.unwrap(keys[i].node)] += deals.getDeal(keys[i].deal).deal.unitsPerWorker;
        }
        for (uint32 id = 1; id < locked.length; ++id) {
            vm.assertEq(staking.getStake(ProviderId.wrap(id)).locked, locked[id], "invariant 3, locks");
        }
        for (uint32 id = 1; id < units.length; ++id) {
            vm.assertEq(registry.getNode(NodeId.wrap(id)).unitsInUse, units[id], "invariant 3, units in use");
            vm.assertLe(units[id], registry.getNode(NodeId.wrap(id)).units, "invariant 3, units");
        }
    }

    /// @dev 4. and 5. Balances, pay, fees and refunds are those of the model, which knows of no settling, in whatever order
    /// and however often the contract was settled.
    function _invariant4and5_whoSettlesWhenChangesNothing() private view {
        for (uint64 deal = 1; deal <= deals.dealCount(); ++deal) {
            IDeals.Deal memory d = deals.getDeal(DealId.wrap(deal)).deal;
            (uint256 balance, , , uint256 run, uint32 end, ) = model.deals(deal);
            vm.assertEq(d.balance, balance, "invariant 4, balance");
            vm.assertEq(d.insolventSince == 0 ? 0 : d.settledEpoch - d.insolventSince + 1, run, "invariant 4, run");
            vm.assertEq(d.endEpoch == 0 ? type(uint32).max : d.endEpoch, end, "invariant 4, end");
        }
        uint256[] memory pending = new uint256[](3 * model.workerCount());
        Actors.WorkerKey[] memory keys = handler.workerKeys();
        for (uint256 i = 0; i < keys.length; ++i) {
            IDeals.Owed memory due = deals.owed(keys[i].deal, keys[i].node);
            uint256 first = 3 * _index(keys[i]);
            (pending[first], pending[first + 1], pending[first + 2]) = (due.pay, due.fee, due.refund);
        }
        for (uint256 i = 0; i < model.workerCount(); ++i) {
            Model.WorkerModel memory w = model.worker(i);
            Rebuild.Paid memory paid = rebuild.paid(i);
            vm.assertEq(paid.pay + pending[3 * i], w.pay, "invariant 5, pay");
            vm.assertEq(paid.fee + pending[3 * i + 1], w.fee, "invariant 5, fee");
            vm.assertEq(paid.refund + pending[3 * i + 2], w.refund, "invariant 5, refund");
        }
    }

    /// @dev 4., for whoever matches and challenges: the tips of the model, whoever paid them out and when.
    function _invariant4_tipsAreTheModels() private {
        address[] memory accounts = handler.finders();
        for (uint256 i = 0; i < accounts.length; ++i) {
            vm.assertEq(deals.earnings(accounts[i], address(token)), model.tipsOf(accounts[i]), "invariant 4, tips");
        }
    }

    /// @dev 9. From the events alone the whole state can be rebuilt.
    function _invariant9_eventsGiveTheWholeState() private {
        uint32 epoch = deals.currentEpoch();
        for (uint64 deal = 1; deal <= deals.dealCount(); ++deal) {
            IDeals.DealView memory seen = deals.getDeal(DealId.wrap(deal));
            vm.assertEq(abi.encode(rebuild.getDeal(deal, epoch)), abi.encode(seen.deal));
            vm.assertEq(rebuild.ownerOf(deal), seen.owner);
            vm.assertEq(rebuild.disputeWindowOf(deal), seen.disputeWindow, "invariant 9, dispute window");
            _checkModules(deal, epoch);
            for (uint32 provider = 1; provider <= registry.providerCount(); ++provider) {
                bool barred = deals.isBarred(DealId.wrap(deal), ProviderId.wrap(provider));
                vm.assertEq(rebuild.barred(deal, provider), barred, "invariant 9, barred");
            }
            for (uint32 node = 1; node <= registry.nodeCount(); ++node) {
                IDeals.Worker memory w = deals.getWorker(DealId.wrap(deal), NodeId.wrap(node));
                vm.assertEq(abi.encode(rebuild.getWorker(deal, node)), abi.encode(w));
                IDeals.Tip memory tip = deals.getTip(DealId.wrap(deal), NodeId.wrap(node));
                vm.assertEq(abi.encode(rebuild.getTip(deal, node)), abi.encode(tip));
                uint32 notice = deals.noticeEpoch(DealId.wrap(deal), NodeId.wrap(node));
                vm.assertEq(rebuild.notices(deal, node), notice, "invariant 9, notice");
            }
        }
        address[] memory accounts = handler.payouts();
        for (uint256 i = 0; i < accounts.length; ++i) {
            vm.assertEq(rebuild.earnings(accounts[i]), deals.earnings(accounts[i], address(token)), "invariant 9");
        }
        accounts = handler.finders();
        for (uint256 i = 0; i < accounts.length; ++i) {
            vm.assertEq(rebuild.earnings(accounts[i]), deals.earnings(accounts[i], address(token)), "invariant 9");
        }
        accounts = handler.developers();
        for (uint256 i = 0; i < accounts.length; ++i) {
            vm.assertEq(rebuild.refunds(accounts[i]), deals.refunds(accounts[i], address(token)), "invariant 9");
        }
        vm.assertEq(rebuild.fees(), deals.fees(address(token)), "invariant 9, fees");
    }

    function _checkModules(uint64 deal, uint32 epoch) private view {
        vm.assertEq(modules.versionCount(DealId.wrap(deal)), rebuild.moduleCount(deal), "invariant 9, versions");
        for (uint32 back = 0; back < 4; ++back) {
            (uint32 version, bytes32 digest, bytes32 commitment) = modules.versionAt(
                DealId.wrap(deal),
                epoch + 1 - back
            );
            (uint32 expected, bytes32 expectedDigest, bytes32 expectedCommitment) = rebuild.moduleAt(
                deal,
                epoch + 1 - back
            );
            vm.assertEq(version, expected, "invariant 9, version in force");
            vm.assertEq(digest, expectedDigest, "invariant 9, module in force");
            vm.assertEq(commitment, expectedCommitment, "invariant 9, commitment in force");
        }
    }

    function _index(Actors.WorkerKey memory key) private view returns (uint256) {
        return model.workerOf(DealId.unwrap(key.deal), NodeId.unwrap(key.node));
    }
}
