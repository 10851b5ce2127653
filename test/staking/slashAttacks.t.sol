// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {DealsTest} from "../deals/DealsTest.sol";

/// @notice Ways to make a slash pay, to escape it, or to use it against others; each shown to fail, or what is left of it.
contract SlashAttacksTest is DealsTest {
    address private slasher = _account("slasher");
    /// @dev A contract that never pulls anything: it has no way to.
    address private mute = address(new Mute());

    function setUp() public override {
        super.setUp();
        vm.prank(admin);
        staking.addSlasher(slasher);
        _skipEpochs(6);
        _attend(node1);
        _attend(node2);
    }

    /// Whichever of deal owner, reporter and provider the attacker is, even all three: slashing his own stake costs him at
    /// least half of what was slashed. So it is no shortcut around the thaw either, which costs nothing.
    function testFuzz_attack_selfSlashingNeverPays(uint16 bps, uint8 roles, bool bySlasher) public {
        bps = uint16(_bound(bps, 1, bySlasher ? 10_000 : 1_000));
        address attacker = owner1;
        address ownerOfDeal = roles & 1 == 0 ? developer : attacker;
        address reporter = roles & 2 == 0 ? stranger : attacker;
        vm.prank(admin);
        parameters.setEvictionSlashBps(bySlasher ? 0 : bps);
        _fund(ownerOfDeal, DEPOSIT);
        vm.prank(ownerOfDeal);
        deal = deals.createDeal(_terms(2), DEPOSIT);
        _assignOne();
        uint256 before = _wealth(attacker);
        if (bySlasher) {
            vm.prank(slasher);
            deals.slashWorker(deal, node1, bps, reporter);
        } else {
            _miss(MAX_MISSED + 2);
            vm.prank(reporter);
            deals.evict(deal, node1);
        }
        uint256 slashed = staking.getSlash(1).amount;
        vm.assertEq(_wealth(attacker), before - slashed);
        _skip(VETO_WINDOW);
        staking.executeSlash(1);
        _collect(attacker);
        uint256 lost = before - _wealth(attacker);
        vm.assertGe(2 * lost, slashed);
    }

    /// What is behind a worker cannot be thawed, and what ends is held until it is released.
    function test_attack_thawingBeforeTheSlash_movesFreeStakeOnly() public {
        _assignOne();
        uint96 free = staking.freeStake(provider1);
        vm.startPrank(owner1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingFreeStakeShort.selector, provider1, free, free + 1));
        staking.requestThaw(provider1, free + 1);
        uint32 thaw = staking.requestThaw(provider1, free);
        vm.stopPrank();
        _skip(60);
        vm.prank(owner1);
        staking.withdrawThawed(provider1, thaw, owner1);
        vm.prank(slasher);
        deals.slashWorker(deal, node1, 10_000, stranger);
        vm.assertEq(staking.getSlash(1).amount, LOCK);
        // and what was withdrawn is the provider's for good
        vm.assertEq(mill.balanceOf(owner1), free);
    }

    /// Stake that was never behind the worker is out of every slasher's reach, thawing stake too.
    function test_attack_aSlasherReachesNothingButTheLock() public {
        _assignOne();
        vm.prank(owner1);
        staking.requestThaw(provider1, 10 ether);
        IStaking.Stake memory before = staking.getStake(provider1);
        vm.startPrank(slasher);
        deals.slashWorker(deal, node1, 10_000, slasher);
        vm.expectRevert(abi.encodeWithSelector(IDeals.DealsNothingToSlash.selector, deal, node1, 10_000));
        deals.slashWorker(deal, node1, 10_000, slasher);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnauthorized.selector, slasher, address(deals)));
        staking.slash(provider1, 1, slasher, slasher);
        vm.stopPrank();
        IStaking.Stake memory later = staking.getStake(provider1);
        vm.assertEq(later.free, before.free);
        vm.assertEq(later.thawing, before.thawing);
        vm.assertEq(later.locked, 0);
    }

    /// A deal owner and a friend who evicts get at most half of what the provider loses, and only for epochs that the deal
    /// had paid and the node was not there. They cannot cause one: the node attends by itself.
    function test_attack_evictionFarming_needsAnAbsentNode() public {
        address friend = stranger;
        _assignOne();
        for (uint256 i = 0; i < 5; ++i) {
            _skipEpochs(1);
            _attend(node1);
            vm.expectPartialRevert(IDeals.DealsNotEvictable.selector);
            vm.prank(friend);
            deals.evict(deal, node1);
        }
        _miss(MAX_MISSED + 1);
        vm.prank(friend);
        deals.evict(deal, node1);
        uint256 slashed = staking.getSlash(1).amount;
        _skip(VETO_WINDOW);
        staking.executeSlash(1);
        vm.assertEq(staking.sharesOf(developer) + staking.sharesOf(friend), slashed / 2);
    }

    /// While nobody can reach the chain nobody is evicted, however long it lasts, nor right after it.
    function test_attack_sequencerOutage_evictsNobody() public {
        _assignOne();
        _work(1);
        _skipEpochs(8);
        vm.expectPartialRevert(IDeals.DealsNotEvictable.selector);
        deals.evict(deal, node1);
        _attend(node1);
        _skipEpochs(1);
        vm.expectPartialRevert(IDeals.DealsNotEvictable.selector);
        deals.evict(deal, node1);
    }

    /// If one node alone gets its transactions in during an outage, others can be evicted: the veto undoes what it took.
    function test_attack_outageForAllButOne_isUndoneByAVeto() public {
        _assignOne();
        uint256 stakeBefore = staking.freeStake(provider1) + LOCK;
        _miss(MAX_MISSED + 2);
        deals.evict(deal, node1);
        vm.prank(guardian);
        staking.vetoSlash(1);
        _skipEpochs(1);
        deals.release(deal, node1);
        vm.assertEq(staking.freeStake(provider1), stakeBefore);
    }

    /// A deal owner or reporter that cannot pull keeps nobody from executing, and others from their share.
    function test_attack_recipientsThatCannotPull_blockNobody() public {
        _fund(mute, DEPOSIT);
        vm.prank(mute);
        deal = deals.createDeal(_terms(2), DEPOSIT);
        _assignOne();
        vm.startPrank(slasher);
        deals.slashWorker(deal, node1, 5_000, mute);
        deals.slashWorker(deal, node1, 5_000, stranger);
        vm.stopPrank();
        _skip(VETO_WINDOW);
        staking.executeSlash(1);
        staking.executeSlash(2);
        vm.assertEq(staking.sharesOf(mute), (LOCK * 9) / 20);
        vm.prank(stranger);
        vm.assertEq(staking.withdrawShares(stranger), LOCK / 20);
        vm.assertEq(mill.balanceOf(address(staking)), 2 * 100 * STAKE_PER_UNIT - LOCK + staking.sharesOf(mute));
    }

    /// A slash survives the release of its worker, and its node's return to the deal.
    function test_attack_releaseDoesNotWashASlash() public {
        _assignOne();
        vm.prank(slasher);
        deals.slashWorker(deal, node1, 10_000, stranger);
        _skipEpochs(1);
        deals.release(deal, node1);
        _attend(node1);
        _assignOne();
        vm.assertEq(deals.getWorker(deal, node1).slashedBps, 0);
        _skip(VETO_WINDOW);
        uint256 supply = mill.totalSupply();
        staking.executeSlash(1);
        vm.assertEq(mill.totalSupply(), supply - LOCK / 2);
    }

    // ---- internal ----

    /// @dev MILL that is or will be the attacker's by other ways than a veto.
    function _wealth(address attacker) private view returns (uint256) {
        IStaking.Stake memory stake = staking.getStake(provider1);
        uint256 staked = uint256(stake.free) + stake.locked + stake.thawing;
        return staked + mill.balanceOf(attacker) + staking.sharesOf(attacker);
    }

    function _collect(address account) private {
        if (staking.sharesOf(account) == 0) return;
        vm.prank(account);
        staking.withdrawShares(account);
    }
}

/// @dev Owns and reports, and can do nothing else.
contract Mute {}
