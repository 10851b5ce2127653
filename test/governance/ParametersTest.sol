// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {Deployments} from "../lib/Deployments.sol";

/// @notice Parameters, and what is tested of every setter alike.
abstract contract ParametersTest is Deployments {
    uint32 internal constant VETO_MARGIN = 1 days;

    address internal admin = _account("admin");
    address internal guardian = _account("guardian");
    address internal stranger = _account("stranger");
    IParameters internal parameters;

    function setUp() public virtual {
        parameters = _newParameters(admin, guardian, _values(), _windows(), VETO_MARGIN);
    }

    function _values() internal pure returns (IParameters.Values memory) {
        return
            IParameters.Values({
                stakePerUnit: 200 ether,
                thawPeriod: 14 days,
                minFundedEpochs: 24,
                protocolFeeBps: 100,
                maxMissedEpochs: 3,
                evictionSlashBps: 50,
                resignNoticeEpochs: 12,
                entryPausedUntil: 0
            });
    }

    function _windows() internal pure returns (IParameters.Windows memory) {
        return
            IParameters.Windows({
                slashVetoWindow: 9 days,
                matchChallengeWindow: 2,
                disputeWindow: 20,
                maxDisputeDuration: 40
            });
    }

    /// @dev Calls a setter by name as `caller`; passes its revert on.
    function _set(address caller, string memory signature, uint256 value) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool ok, bytes memory result) = address(parameters).call(abi.encodeWithSignature(signature, value));
        if (ok) return;
        assembly {
            revert(add(result, 32), mload(result))
        }
    }

    /// @dev The parameters in force and, from field 8 on, the windows.
    function _all() internal view returns (bytes memory) {
        return bytes.concat(abi.encode(parameters.values()), abi.encode(parameters.windows()));
    }

    /// @dev The value of field `index` of the parameters in force.
    function _field(uint256 index) internal view returns (uint256 value) {
        bytes memory encoded = _all();
        assembly {
            value := mload(add(encoded, add(32, mul(index, 32))))
        }
    }

    /// @dev `value` is taken, told, and moves no other parameter.
    function _assertSets(string memory signature, bytes32 name, uint256 index, uint256 value) internal {
        bytes memory before = _all();
        vm.expectEmit(address(parameters));
        emit IParameters.ParameterSet(name, _field(index), value);
        _set(admin, signature, value);
        assembly {
            mstore(add(before, add(32, mul(index, 32))), value)
        }
        vm.assertEq(_all(), before);
    }

    /// @dev `value` is refused as out of bounds.
    function _assertRefuses(string memory signature, bytes32 name, uint256 value, uint256 low, uint256 high) internal {
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, name, value, low, high));
        this.setAsAdmin(signature, value);
    }

    /// @dev Nobody but the admin may call it.
    function _assertGuarded(string memory signature, uint256 value) internal {
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterUnauthorized.selector, stranger, admin));
        this.setAs(stranger, signature, value);
    }

    function setAsAdmin(string memory signature, uint256 value) external {
        _set(admin, signature, value);
    }

    function setAs(address caller, string memory signature, uint256 value) external {
        _set(caller, signature, value);
    }
}
