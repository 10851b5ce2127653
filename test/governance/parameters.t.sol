// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {Parameters} from "../../contracts/governance/Parameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract ParametersConstructorTest is ParametersTest {
    function test_constructor_storesAll() public view {
        vm.assertEq(parameters.admin(), admin);
        vm.assertEq(abi.encode(parameters.values()), abi.encode(_values()));
    }

    /// Invariant 9: the initial values can be rebuilt from events too.
    function test_constructor_emitsEveryParameter() public {
        bytes32[7] memory names = [
            bytes32("stakePerUnit"),
            "thawPeriod",
            "minFundedEpochs",
            "protocolFeeBps",
            "maxMissedEpochs",
            "evictionSlashBps",
            "resignNoticeEpochs"
        ];
        for (uint256 i = 0; i < 7; ++i) {
            vm.expectEmit();
            emit IParameters.ParameterSet(names[i], 0, _field(i));
        }
        new Parameters(admin, guardian, _values());
    }

    function test_constructor_reverts_whenAdminIsZero() public {
        vm.expectRevert(IParameters.ParameterAdminZero.selector);
        new Parameters(address(0), guardian, _values());
    }

    function test_constructor_reverts_whenOutOfBounds() public {
        IParameters.Values memory initial = _values();
        initial.protocolFeeBps = 501;
        bytes32 name = "protocolFeeBps";
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, name, 501, 0, 500));
        new Parameters(admin, guardian, initial);
    }

    /// Reading all parameters, the pause of entry among them, costs one storage slot; the guardian stands in the next.
    function test_values_fitOneSlot() public {
        uint256 before = uint256(vm.load(address(parameters), bytes32(uint256(0))));
        uint256 second = uint256(vm.load(address(parameters), bytes32(uint256(1))));
        vm.assertEq(address(uint160(second)), guardian);
        vm.prank(guardian);
        parameters.pauseEntry(1 days);
        uint256 pausedUntil = block.timestamp + 1 days;
        vm.assertEq(uint256(vm.load(address(parameters), bytes32(uint256(0)))), before | (pausedUntil << 208));
    }
}
