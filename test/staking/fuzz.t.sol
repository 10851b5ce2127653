// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

/// @notice For each function of Staking that has no fuzz test beside its others: any amount, caller or second.
contract StakingFuzzTest is StakingTest {
    function testFuzz_requestThaw_withdrawThawed_giveBackTheAmount(uint96 amount, uint256 waited) public {
        amount = uint96(_bound(amount, 1, 20 ether));
        waited = _bound(waited, 0, 2 * THAW);
        _stake(10 ether);
        if (amount > 10 ether) {
            _expectFreeShort(10 ether, amount);
            _requestThaw(amount);
            return;
        }
        uint32 thaw = _requestThaw(amount);
        _assertStake(10 ether - amount, 0);
        _skip(waited);
        if (waited < THAW) vm.expectPartialRevert(IStaking.StakingThawNotReady.selector);
        vm.prank(owner);
        staking.withdrawThawed(provider, thaw, stranger);
        vm.assertEq(mill.balanceOf(stranger), waited < THAW ? 0 : amount);
        vm.assertEq(staking.getStake(provider).thawing, waited < THAW ? amount : 0);
    }

    function testFuzz_stakeWithPermit_needsNoApproval(uint96 amount) public {
        amount = uint96(_bound(amount, 1, FUNDS));
        vm.prank(staker);
        mill.approve(address(staking), 0);
        (, uint256 key) = _accountAndKey("staker");
        uint256 deadline = vm.getBlockTimestamp();
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                staker,
                address(staking),
                uint256(amount),
                mill.nonces(staker),
                deadline
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", mill.DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        vm.prank(staker);
        staking.stakeWithPermit(provider, amount, deadline, v, r, s);
        _assertStake(amount, 0);
        vm.assertEq(mill.balanceOf(staker), FUNDS - amount);
    }

    function testFuzz_bind_onceByTheBinder(address other) public {
        vm.assume(other != address(0) && other != address(this));
        IStaking fresh = _newStaking(mill, registry, parameters, address(this));
        _expectStakingUnauthorized(other, address(this));
        vm.prank(other);
        fresh.bind(other);
        fresh.bind(other);
        vm.assertEq(fresh.deals(), other);
    }
}
