// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {IMill} from "../../contracts/token/IMill.sol";
import {Test} from "../lib/Test.sol";
import {StakingTest} from "./StakingTest.sol";

/// @notice Does anything that anybody can do with stake, for two providers, and keeps its own books.
contract StakingHandler is Test {
    IStaking private immutable STAKING;
    IMill private immutable MILL;
    address private immutable DEALS;
    address private immutable STAKER;
    address[2] private _owners;

    mapping(uint256 provider => uint256) public free;
    mapping(uint256 provider => uint256) public locked;
    mapping(uint256 provider => uint256) public thawing;
    mapping(uint256 provider => address) public delegatee;
    uint256 public withdrawn;
    uint256 public burned;

    /// @dev Of every slash what is in escrow, and of every account what it is owed.
    mapping(uint64 slash => uint256) private _escrow;
    uint256 public escrowed;
    mapping(address account => uint256) public shares;

    constructor(IStaking staking, IMill mill, address deals, address staker, address[2] memory owners) {
        (STAKING, MILL, DEALS, STAKER, _owners) = (staking, mill, deals, staker, owners);
    }

    function stake(uint256 seed, uint256 amount) external {
        uint256 balance = MILL.balanceOf(STAKER);
        if (balance == 0) return;
        amount = _bound(amount, 1, balance);
        uint256 provider = _provider(seed);
        vm.prank(STAKER);
        STAKING.stake(ProviderId.wrap(uint32(provider)), uint96(amount));
        free[provider] += amount;
    }

    function lock(uint256 seed, uint256 amount) external {
        uint256 provider = _provider(seed);
        amount = _bound(amount, 0, free[provider]);
        vm.prank(DEALS);
        STAKING.lock(ProviderId.wrap(uint32(provider)), uint96(amount));
        (free[provider], locked[provider]) = (free[provider] - amount, locked[provider] + amount);
    }

    function unlock(uint256 seed, uint256 amount) external {
        uint256 provider = _provider(seed);
        amount = _bound(amount, 0, locked[provider]);
        vm.prank(DEALS);
        STAKING.unlock(ProviderId.wrap(uint32(provider)), uint96(amount));
        (free[provider], locked[provider]) = (free[provider] + amount, locked[provider] - amount);
    }

    function slash(uint256 seed, uint256 amount) external {
        uint256 provider = _provider(seed);
        amount = _bound(amount, 0, locked[provider]);
        if (amount == 0) return;
        (address owner, address reporter) = (candidate(amount % 4), candidate(seed % 4));
        vm.prank(DEALS);
        uint64 id = STAKING.slash(ProviderId.wrap(uint32(provider)), uint96(amount), owner, reporter);
        locked[provider] -= amount;
        escrowed += amount;
        _escrow[id] = amount;
    }

    function vetoSlash(uint256 seed) external {
        (bool any, uint64 id) = _slash(seed);
        IStaking.Slash memory slashed = STAKING.getSlash(id);
        if (!any || vm.getBlockTimestamp() >= slashed.vetoEndsAt) return;
        vm.prank(STAKING.parameters().admin());
        STAKING.vetoSlash(id);
        free[ProviderId.unwrap(slashed.provider)] += _escrow[id];
        escrowed -= _escrow[id];
        _escrow[id] = 0;
    }

    function executeSlash(uint256 seed) external {
        (bool any, uint64 id) = _slash(seed);
        if (!any) return;
        IStaking.Slash memory slashed = STAKING.getSlash(id);
        if (vm.getBlockTimestamp() < slashed.vetoEndsAt) vm.warp(slashed.vetoEndsAt);
        STAKING.executeSlash(id);
        uint256 amount = _escrow[id];
        uint256 ownerShare = slashed.owner == address(0) ? 0 : (amount * 40) / 100;
        uint256 reporterShare = slashed.reporter == address(0) ? 0 : amount / 10;
        shares[slashed.owner] += ownerShare;
        shares[slashed.reporter] += reporterShare;
        burned += amount - ownerShare - reporterShare;
        escrowed -= amount;
        _escrow[id] = 0;
    }

    function withdrawShares(uint256 seed) external {
        address account = candidate(1 + (seed % 3));
        if (shares[account] == 0) return;
        vm.prank(account);
        STAKING.withdrawShares(address(0xdead));
        withdrawn += shares[account];
        shares[account] = 0;
    }

    /// @dev The first slash in escrow from a random one on.
    function _slash(uint256 seed) private view returns (bool any, uint64 id) {
        uint64 count = STAKING.slashCount();
        for (uint64 i = 0; i < count; ++i) {
            id = 1 + (uint64((seed % count) + i) % count);
            if (_escrow[id] != 0) return (true, id);
        }
    }

    function requestThaw(uint256 seed, uint256 amount) external {
        uint256 provider = _provider(seed);
        if (free[provider] == 0) return;
        amount = _bound(amount, 1, free[provider]);
        vm.prank(_owners[provider - 1]);
        STAKING.requestThaw(ProviderId.wrap(uint32(provider)), uint96(amount));
        (free[provider], thawing[provider]) = (free[provider] - amount, thawing[provider] + amount);
    }

    function withdrawThawed(uint256 seed, uint256 thaw) external {
        uint256 provider = _provider(seed);
        ProviderId id = ProviderId.wrap(uint32(provider));
        uint32 count = STAKING.getStake(id).thawCount;
        if (count == 0) return;
        IStaking.Thaw memory request = STAKING.getThaw(id, uint32(_bound(thaw, 1, count)));
        if (request.readyAt == 0) return;
        vm.warp(request.readyAt > vm.getBlockTimestamp() ? request.readyAt : vm.getBlockTimestamp());
        vm.prank(_owners[provider - 1]);
        STAKING.withdrawThawed(id, uint32(_bound(thaw, 1, count)), address(0xdead));
        thawing[provider] -= request.amount;
        withdrawn += request.amount;
    }

    /// Time goes on now and then, so that votes get a history.
    function delegate(uint256 seed, uint256 choice) external {
        uint256 provider = _provider(seed);
        address next = candidate(choice % 4);
        vm.prank(_owners[provider - 1]);
        STAKING.delegate(next);
        delegatee[provider] = next;
        _skip(choice % 7);
    }

    /// Nobody, a third, or one of the owners.
    function candidate(uint256 choice) public view returns (address) {
        if (choice == 0) return address(0);
        return choice == 1 ? address(0xbeef) : _owners[choice - 2];
    }

    function _provider(uint256 seed) private pure returns (uint256) {
        return 1 + (seed % 2);
    }
}

contract StakingInvariantsTest is StakingTest {
    StakingHandler internal handler;

    function setUp() public override {
        super.setUp();
        vm.prank(stranger);
        registry.registerProvider(bytes32(0), stranger);
        handler = new StakingHandler(staking, mill, deals, staker, [owner, stranger]);
        bytes4[] memory selectors = new bytes4[](10);
        selectors[0] = StakingHandler.stake.selector;
        selectors[1] = StakingHandler.lock.selector;
        selectors[2] = StakingHandler.unlock.selector;
        selectors[3] = StakingHandler.slash.selector;
        selectors[4] = StakingHandler.requestThaw.selector;
        selectors[5] = StakingHandler.withdrawThawed.selector;
        selectors[6] = StakingHandler.delegate.selector;
        selectors[7] = StakingHandler.vetoSlash.selector;
        selectors[8] = StakingHandler.executeSlash.selector;
        selectors[9] = StakingHandler.withdrawShares.selector;
        _target(address(handler), selectors);
    }

    /// Invariant 2: Staking holds exactly Σ free + locked + thawing + in escrow + shares; what left was withdrawn or burned.
    function invariant_stakingHoldsExactlyWhatItOwes() public view {
        uint256 owed = handler.escrowed();
        for (uint256 choice = 0; choice < 4; ++choice) {
            address account = handler.candidate(choice);
            vm.assertEq(staking.sharesOf(account), handler.shares(account));
            owed += handler.shares(account);
        }
        for (uint256 provider = 1; provider <= 2; ++provider) {
            owed += handler.free(provider) + handler.locked(provider) + handler.thawing(provider);
        }
        vm.assertEq(mill.balanceOf(address(staking)), owed);
        vm.assertEq(mill.balanceOf(staker) + owed + handler.withdrawn() + handler.burned(), FUNDS);
        vm.assertEq(mill.totalSupply(), 2 * uint256(FUNDS) - handler.burned());
    }

    /// Invariants 3 and 8: each provider's books move by the calls for him alone, and locks never exceed stake.
    function invariant_booksOfEachProviderMatch() public view {
        for (uint32 provider = 1; provider <= 2; ++provider) {
            IStaking.Stake memory stored = staking.getStake(ProviderId.wrap(provider));
            vm.assertEq(stored.free, handler.free(provider));
            vm.assertEq(stored.locked, handler.locked(provider));
            vm.assertEq(stored.thawing, handler.thawing(provider));
        }
    }

    /// Votes of each delegate = Σ free + locked + thawing of the providers that named it: none are made, lost or doubled, and
    /// what is in escrow has none.
    function invariant_votesAreTheStakeOfThoseWhoDelegated() public view {
        vm.assertEq(staking.getVotes(address(0)), 0);
        for (uint256 choice = 1; choice < 4; ++choice) {
            address candidate = handler.candidate(choice);
            uint256 votes;
            for (uint256 provider = 1; provider <= 2; ++provider) {
                if (handler.delegatee(provider) != candidate) continue;
                votes += handler.free(provider) + handler.locked(provider) + handler.thawing(provider);
            }
            vm.assertEq(staking.getVotes(candidate), votes);
        }
    }
}
