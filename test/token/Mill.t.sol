// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {IMill} from "../../contracts/token/IMill.sol";
import {Mill} from "../../contracts/token/Mill.sol";
import {Deployments} from "../lib/Deployments.sol";

contract MillTest is Deployments {
    address internal alice;
    uint256 internal aliceKey;
    address internal bob = _account("bob");
    address internal carol = _account("carol");
    address internal treasury = _account("treasury");
    IMill internal mill;

    function setUp() public {
        (alice, aliceKey) = _accountAndKey("alice");
        mill = _deploy(alice, 50 ether, bob, 50 ether);
    }

    function _deploy(
        address first,
        uint256 firstAmount,
        address second,
        uint256 secondAmount
    ) internal returns (IMill) {
        address[] memory holders = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (holders[0], holders[1]) = (first, second);
        (amounts[0], amounts[1]) = (firstAmount, secondAmount);
        return _newMill(treasury, holders, amounts);
    }

    function test_constructor_mintsToTheFirstHolders() public view {
        vm.assertEq(mill.totalSupply(), 100 ether);
        vm.assertEq(mill.balanceOf(alice), 50 ether);
        vm.assertEq(mill.balanceOf(bob), 50 ether);
        vm.assertEq(mill.symbol(), "MILL");
        vm.assertEq(mill.decimals(), 18);
    }

    function test_constructor_takesTheLargestSupply() public {
        uint256 half = type(uint96).max / 2;
        vm.assertEq(_deploy(alice, half, bob, half).totalSupply(), 2 * half);
    }

    function test_constructor_reverts_whenSupplyIsTooLarge() public {
        uint256 half = uint256(type(uint96).max) / 2 + 1;
        vm.expectRevert(
            abi.encodeWithSelector(ERC20Votes.ERC20ExceededSafeSupply.selector, 2 * half, type(uint96).max)
        );
        _deploy(alice, half, bob, half);
    }

    function test_constructor_reverts_whenAHolderHasMoreThanHalf() public {
        vm.expectRevert(abi.encodeWithSelector(Mill.MillHolderTooLarge.selector, bob, 51 ether, 50 ether));
        _deploy(alice, 49 ether, bob, 51 ether);
    }

    /// Attack: the majority holder is listed twice.
    function test_constructor_reverts_whenAHolderListedTwiceHasMoreThanHalf() public {
        vm.expectRevert(abi.encodeWithSelector(Mill.MillHolderTooLarge.selector, bob, 100 ether, 50 ether));
        _deploy(bob, 50 ether, bob, 50 ether);
    }

    function test_constructor_reverts_whenListsDiffer() public {
        vm.expectRevert(abi.encodeWithSelector(Mill.MillLengthMismatch.selector, 1, 2));
        _newMill(treasury, new address[](1), new uint256[](2));
    }

    function test_constructor_reverts_whenThereIsNoSupply() public {
        vm.expectRevert(Mill.MillSupplyZero.selector);
        _newMill(treasury, new address[](0), new uint256[](0));
    }

    function test_constructor_reverts_whenHolderIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        _deploy(address(0), 1, bob, 1);
    }

    function testFuzz_burn_lowersTheSupply(uint256 amount) public {
        amount = _bound(amount, 0, 50 ether);
        vm.prank(alice);
        mill.burn(amount);
        vm.assertEq(mill.totalSupply(), 100 ether - amount);
        vm.assertEq(mill.balanceOf(alice), 50 ether - amount);
    }

    function test_votes_countAtTimestamps() public {
        vm.assertEq(mill.CLOCK_MODE(), "mode=timestamp");
        vm.assertEq(mill.clock(), vm.getBlockTimestamp());
        vm.prank(alice);
        mill.delegate(carol);
        uint256 delegatedAt = vm.getBlockTimestamp();
        _skip(10);
        vm.prank(alice);
        mill.transfer(bob, 20 ether);
        _skip(10);
        vm.assertEq(mill.getPastVotes(carol, delegatedAt), 50 ether);
        vm.assertEq(mill.getVotes(carol), 30 ether);
    }

    /// What the treasury holds is known at any past time, and votes for nobody.
    function test_votes_ofTheTreasuryStayWithTheTreasury() public {
        mill = _deploy(alice, 50 ether, treasury, 50 ether);
        vm.assertEq(mill.treasury(), treasury);
        uint256 start = vm.getBlockTimestamp();
        _skip(10);
        vm.prank(treasury);
        mill.transfer(bob, 20 ether);
        _skip(10);
        vm.assertEq(mill.getPastVotes(treasury, start), 50 ether);
        vm.assertEq(mill.getPastVotes(treasury, start + 10), 30 ether);
        vm.assertEq(mill.getVotes(bob), 0);
        address[3] memory others = [bob, alice, address(0)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Mill.MillTreasuryDelegates.selector, others[i]));
            vm.prank(treasury);
            mill.delegate(others[i]);
        }
        vm.prank(treasury);
        mill.delegate(treasury);
        vm.assertEq(mill.getVotes(treasury), 30 ether);
    }

    function test_constructor_reverts_whenThereIsNoTreasury() public {
        treasury = address(0);
        vm.expectRevert(Mill.MillTreasuryZero.selector);
        _deploy(alice, 50 ether, bob, 50 ether);
    }

    function test_permit_approves() public {
        uint256 deadline = vm.getBlockTimestamp() + 60;
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                alice,
                bob,
                7 ether,
                0,
                deadline
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", mill.DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(aliceKey, digest);
        mill.permit(alice, bob, 7 ether, deadline, v, r, s);
        vm.assertEq(mill.allowance(alice, bob), 7 ether);
        vm.assertEq(mill.nonces(alice), 1);
        vm.expectPartialRevert(IMill.ERC2612InvalidSigner.selector);
        mill.permit(alice, bob, 7 ether, deadline, v, r, s);
        _skip(61);
        vm.expectRevert(abi.encodeWithSelector(IMill.ERC2612ExpiredSignature.selector, deadline));
        mill.permit(alice, bob, 7 ether, deadline, v, r, s);
    }
}
