// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract StakeWithPermitTest is StakingTest {
    uint96 internal constant AMOUNT = 500 ether;
    uint256 internal deadline;

    function setUp() public override {
        super.setUp();
        deadline = vm.getBlockTimestamp() + 60;
        vm.prank(staker);
        mill.approve(address(staking), 0);
    }

    function _permit() internal returns (uint8 v, bytes32 r, bytes32 s) {
        (, uint256 key) = _accountAndKey("staker");
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                staker,
                address(staking),
                AMOUNT,
                mill.nonces(staker),
                deadline
            )
        );
        return vm.sign(key, keccak256(abi.encodePacked("\x19\x01", mill.DOMAIN_SEPARATOR(), message)));
    }

    function _expectNoAllowance() internal {
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(staking), 0, AMOUNT)
        );
    }

    function test_stakeWithPermit_needsNoApproval() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit();
        vm.expectEmit(address(staking));
        emit IStaking.Staked(provider, staker, AMOUNT);
        vm.prank(staker);
        staking.stakeWithPermit(provider, AMOUNT, deadline, v, r, s);
        _assertStake(AMOUNT, 0);
    }

    /// Attack: someone sends the permit first to make the staker's call fail.
    function test_stakeWithPermit_works_whenThePermitWasSentBefore() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit();
        vm.prank(stranger);
        mill.permit(staker, address(staking), AMOUNT, deadline, v, r, s);
        vm.prank(staker);
        staking.stakeWithPermit(provider, AMOUNT, deadline, v, r, s);
        _assertStake(AMOUNT, 0);
    }

    function test_stakeWithPermit_reverts_whenPermitIsExpired() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit();
        vm.warp(deadline + 1);
        _expectNoAllowance();
        vm.prank(staker);
        staking.stakeWithPermit(provider, AMOUNT, deadline, v, r, s);
    }

    /// Attack: somebody else uses the staker's permit to stake for a provider of his choice.
    function test_stakeWithPermit_reverts_whenCallerIsNotTheSigner() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit();
        _expectNoAllowance();
        vm.prank(stranger);
        staking.stakeWithPermit(provider, AMOUNT, deadline, v, r, s);
    }
}
