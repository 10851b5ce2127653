// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract ParametersConstructorTest is ParametersTest {
    function test_constructor_storesAll() public view {
        vm.assertEq(parameters.admin(), admin);
        vm.assertEq(abi.encode(parameters.values()), abi.encode(_values()));
        vm.assertEq(abi.encode(parameters.windows()), abi.encode(_windows()));
        vm.assertEq(parameters.vetoMargin(), VETO_MARGIN);
    }

    /// Invariant 9: the initial values can be rebuilt from events too.
    function test_constructor_emitsEveryParameter() public {
        bytes32[11] memory names = [
            bytes32("stakePerUnit"),
            "thawPeriod",
            "minFundedEpochs",
            "protocolFeeBps",
            "maxMissedEpochs",
            "evictionSlashBps",
            "resignNoticeEpochs",
            "slashVetoWindow",
            "matchChallengeWindow",
            "disputeWindow",
            "maxDisputeDuration"
        ];
        for (uint256 i = 0; i < 11; ++i) {
            vm.expectEmit();
            // field 7 is when a pause of entry ends
            emit IParameters.ParameterSet(names[i], 0, _field(i < 7 ? i : i + 1));
        }
        _newParameters(admin, guardian, _values(), _windows(), VETO_MARGIN);
    }

    function test_constructor_reverts_whenAdminIsZero() public {
        vm.expectRevert(IParameters.ParameterAdminZero.selector);
        _newParameters(address(0), guardian, _values(), _windows(), VETO_MARGIN);
    }

    function test_constructor_reverts_whenOutOfBounds() public {
        IParameters.Values memory initial = _values();
        initial.protocolFeeBps = 501;
        bytes32 name = "protocolFeeBps";
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, name, 501, 0, 500));
        _newParameters(admin, guardian, initial, _windows(), VETO_MARGIN);
    }

    function test_constructor_reverts_whenADisputeOutlastsTheThaw() public {
        IParameters.Values memory initial = _values();
        initial.thawPeriod = 60;
        IParameters.Windows memory windows = _windows();
        windows.maxDisputeDuration = 41;
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterThawTooShort.selector, 60, 61));
        _newParameters(admin, guardian, initial, windows, VETO_MARGIN);
    }

    /// Reading all parameters, the pause of entry among them, costs one storage slot; the windows and the guardian stand in
    /// the next two.
    function test_values_fitOneSlot() public {
        uint256 before = uint256(vm.load(address(parameters), bytes32(uint256(0))));
        uint256 third = uint256(vm.load(address(parameters), bytes32(uint256(2))));
        vm.assertEq(address(uint160(third)), guardian);
        vm.prank(guardian);
        parameters.pauseEntry(1 days);
        uint256 pausedUntil = block.timestamp + 1 days;
        vm.assertEq(uint256(vm.load(address(parameters), bytes32(uint256(0)))), before | (pausedUntil << 208));
    }
}
