// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract ExecuteSlashTest is StakingTest {
    /// At most 40 % for the owner, 10 % for the reporter, at least half is burned; nothing is lost in between.
    function testFuzz_executeSlash_splits(uint96 amount, bool someOwner, bool someReporter) public {
        amount = uint96(_bound(amount, 1, FUNDS));
        (address to, address by) = (someOwner ? dealOwner : address(0), someReporter ? reporter : address(0));
        uint64 id = _slash(amount, to, by);
        uint256 supply = mill.totalSupply();
        (uint96 ownerShare, uint96 reporterShare) = (someOwner ? (amount * 4) / 10 : 0, someReporter ? amount / 10 : 0);
        _skip(VETO_WINDOW);
        vm.expectEmit(address(staking));
        emit IStaking.SlashExecuted(id, provider, ownerShare, reporterShare, amount - ownerShare - reporterShare);
        vm.prank(stranger);
        staking.executeSlash(id);
        uint256 burned = supply - mill.totalSupply();
        vm.assertEq(staking.sharesOf(dealOwner), ownerShare);
        vm.assertEq(staking.sharesOf(reporter), reporterShare);
        vm.assertEq(staking.sharesOf(address(0)), 0);
        vm.assertEq(burned + ownerShare + reporterShare, amount);
        vm.assertGe(2 * burned, amount);
        vm.assertEq(mill.balanceOf(address(staking)), ownerShare + reporterShare);
        vm.assertEq(staking.getSlash(id).amount, 0);
    }

    function test_executeSlash_addsShares_whenOneIsOwnerAndReporter() public {
        uint64 id = _slash(100, dealOwner, dealOwner);
        _skip(VETO_WINDOW);
        staking.executeSlash(id);
        vm.assertEq(staking.sharesOf(dealOwner), 50);
    }

    function test_executeSlash_reverts_beforeTheWindowIsOver() public {
        uint64 id = _slashed(1 ether);
        uint256 vetoEndsAt = block.timestamp + VETO_WINDOW;
        _skip(VETO_WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingVetoNotOver.selector, vetoEndsAt, vetoEndsAt - 1));
        staking.executeSlash(id);
        _skip(1);
        staking.executeSlash(id);
    }

    function test_executeSlash_reverts_whenItWasExecuted() public {
        uint64 id = _slashed(1 ether);
        _skip(VETO_WINDOW);
        staking.executeSlash(id);
        _expectUnknownSlash(id);
        staking.executeSlash(id);
    }

    function test_executeSlash_reverts_whenThereIsNoSuchSlash() public {
        _expectUnknownSlash(1);
        staking.executeSlash(1);
    }

    function _slash(uint96 amount, address to, address by) private returns (uint64) {
        _stake(amount);
        _lock(amount);
        vm.prank(deals);
        return staking.slash(ProviderId.wrap(1), amount, to, by);
    }
}
