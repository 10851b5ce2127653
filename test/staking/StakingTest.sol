// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../contracts/staking/IStaking.sol";
import {IMill} from "../../contracts/token/IMill.sol";
import {RegistryTest} from "../registry/RegistryTest.sol";

/// @notice Staking on top of the registry's set-up; `staker` holds half of all MILL and has approved it.
abstract contract StakingTest is RegistryTest {
    uint256 internal constant VETO_WINDOW = 60;
    uint96 internal constant FUNDS = 1_000_000 ether;

    address internal staker = _account("staker");
    address internal dealOwner = _account("dealOwner");
    address internal reporter = _account("reporter");
    IMill internal mill;
    IStaking internal staking;

    function setUp() public virtual override {
        super.setUp();
        address[] memory holders = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (holders[0], holders[1]) = (staker, _account("treasury"));
        (amounts[0], amounts[1]) = (FUNDS, FUNDS);
        mill = _newMill(_account("treasury"), holders, amounts);
        staking = _newStaking(mill, registry, parameters, address(this));
        staking.bind(deals);
        vm.prank(staker);
        mill.approve(address(staking), type(uint256).max);
    }

    function _stake(uint96 amount) internal {
        vm.prank(staker);
        staking.stake(provider, amount);
    }

    function _lock(uint96 amount) internal {
        vm.prank(deals);
        staking.lock(provider, amount);
    }

    /// @dev Stakes and locks 10 MILL and slashes some of them; the owner and the reporter get shares.
    function _slashed(uint96 amount) internal returns (uint64) {
        _stake(10 ether);
        _lock(10 ether);
        vm.prank(deals);
        return staking.slash(provider, amount, dealOwner, reporter);
    }

    function _expectUnknownSlash(uint64 id) internal {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingSlashUnknown.selector, id));
    }

    function _requestThaw(uint96 amount) internal returns (uint32) {
        vm.prank(owner);
        return staking.requestThaw(provider, amount);
    }

    function _assertStake(uint256 free, uint256 locked) internal view {
        IStaking.Stake memory stored = staking.getStake(provider);
        vm.assertEq(stored.free, free, "free");
        vm.assertEq(stored.locked, locked, "locked");
        vm.assertEq(staking.freeStake(provider), free);
    }

    function _expectStakingUnauthorized(address caller, address expected) internal {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnauthorized.selector, caller, expected));
    }

    function _expectUnknownProvider() internal {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingProviderUnknown.selector, 9));
    }

    function _expectFreeShort(uint96 free, uint96 wanted) internal {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingFreeStakeShort.selector, provider, free, wanted));
    }

    function _expectLockedShort(uint96 locked, uint96 wanted) internal {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingLockedStakeShort.selector, provider, locked, wanted));
    }
}
