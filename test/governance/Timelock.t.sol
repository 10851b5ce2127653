// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {Parameters} from "../../contracts/governance/Parameters.sol";
import {Timelock} from "../../contracts/governance/Timelock.sol";
import {ParametersTest} from "./ParametersTest.sol";

contract TimelockTest is ParametersTest {
    uint256 internal constant DELAY = 2 days;
    Timelock internal timelock;
    address internal council = _account("council");

    function setUp() public override {
        super.setUp();
        address[] memory proposers = new address[](1);
        proposers[0] = council;
        timelock = new Timelock(DELAY, proposers, new address[](1)); // the zero address: anyone executes
        parameters = new Parameters(address(timelock), address(0), _values());
    }

    function test_timelock_leavesTheDeployerNoRole() public view {
        bytes32[4] memory roles = [
            timelock.DEFAULT_ADMIN_ROLE(),
            timelock.PROPOSER_ROLE(),
            timelock.CANCELLER_ROLE(),
            timelock.EXECUTOR_ROLE()
        ];
        for (uint256 i = 0; i < 4; ++i) vm.assertFalse(timelock.hasRole(roles[i], address(this)));
        vm.assertTrue(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(timelock)));
    }

    function test_timelock_setsAParameterAfterItsDelay() public {
        bytes memory call = abi.encodeCall(IParameters.setProtocolFeeBps, (200));
        vm.prank(council);
        timelock.schedule(address(parameters), 0, call, bytes32(0), bytes32(0), DELAY);
        vm.expectRevert();
        timelock.execute(address(parameters), 0, call, bytes32(0), bytes32(0));
        _skip(DELAY);
        timelock.execute(address(parameters), 0, call, bytes32(0), bytes32(0));
        vm.assertEq(parameters.values().protocolFeeBps, 200);
    }

    function test_timelock_refusesOtherProposers() public {
        bytes memory call = abi.encodeCall(IParameters.setProtocolFeeBps, (200));
        vm.expectRevert();
        timelock.schedule(address(parameters), 0, call, bytes32(0), bytes32(0), DELAY);
    }

    function test_timelock_letsNobodySetDirectly() public {
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterUnauthorized.selector, council, address(timelock)));
        vm.prank(council);
        parameters.setProtocolFeeBps(200);
    }
}
