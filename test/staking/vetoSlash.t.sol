// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract VetoSlashTest is StakingTest {
    uint96 private constant AMOUNT = 4 ether;
    uint64 private id;

    function setUp() public override {
        super.setUp();
        vm.prank(owner);
        staking.delegate(stranger);
        id = _slashed(AMOUNT);
    }

    function _veto(address caller) private {
        vm.prank(caller);
        staking.vetoSlash(id);
    }

    /// All of it is free stake, and votes again.
    function testFuzz_vetoSlash_givesAllBack(uint96 amount, bool byGuardian) public {
        amount = uint96(_bound(amount, 1, 6 ether));
        vm.prank(deals);
        id = staking.slash(provider, amount, dealOwner, reporter);
        address caller = byGuardian ? guardian : admin;
        vm.expectEmit(address(staking));
        emit IStaking.SlashVetoed(id, provider, caller, amount);
        _veto(caller);
        _assertStake(amount, 6 ether - amount);
        vm.assertEq(staking.getVotes(stranger), 6 ether);
        vm.assertEq(staking.getSlash(id).amount, 0);
        vm.assertEq(staking.sharesOf(dealOwner) + staking.sharesOf(reporter), 0);
    }

    /// A veto in the last second counts; from then on anyone may execute, and nobody may veto.
    function test_vetoSlash_countsInTheLastSecond() public {
        _skip(VETO_WINDOW - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IStaking.StakingVetoNotOver.selector, block.timestamp + 1, block.timestamp)
        );
        staking.executeSlash(id);
        _veto(admin);
        _assertStake(AMOUNT, 6 ether);
    }

    function test_vetoSlash_reverts_whenTheWindowIsOver() public {
        _skip(VETO_WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingVetoOver.selector, block.timestamp, block.timestamp));
        _veto(admin);
        staking.executeSlash(id);
    }

    function test_vetoSlash_reverts_whenItWasVetoedOrExecuted() public {
        _veto(guardian);
        _expectUnknownSlash(id);
        _veto(guardian);
        _skip(VETO_WINDOW);
        _expectUnknownSlash(id);
        staking.executeSlash(id);
    }

    function test_vetoSlash_reverts_whenThereIsNoSuchSlash() public {
        _expectUnknownSlash(9);
        vm.prank(admin);
        staking.vetoSlash(9);
    }

    function test_vetoSlash_reverts_whenCallerMayNot() public {
        _expectUnauthorized(owner);
        _veto(owner);
        _expectUnauthorized(deals);
        _veto(deals);
    }

    /// The guardian's power ends with its term; the admin's never.
    function test_vetoSlash_reverts_whenTheGuardiansTermIsOver() public {
        vm.prank(admin);
        parameters.setSlashVetoWindow(30 days);
        vm.warp(parameters.guardianTermEndsAt() - 1 days);
        vm.prank(deals);
        id = staking.slash(provider, 1, dealOwner, reporter);
        vm.warp(parameters.guardianTermEndsAt());
        _expectUnauthorized(guardian);
        _veto(guardian);
        _veto(admin);
    }

    /// No guardian is nobody, not the zero address.
    function test_vetoSlash_reverts_whenThereIsNoGuardian() public {
        vm.prank(admin);
        parameters.setGuardian(address(0));
        _expectUnauthorized(address(0));
        _veto(address(0));
    }

    function _expectUnauthorized(address caller) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IStaking.StakingVetoUnauthorized.selector,
                caller,
                admin,
                parameters.guardian(),
                parameters.guardianTermEndsAt()
            )
        );
    }
}
