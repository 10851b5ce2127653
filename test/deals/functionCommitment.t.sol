// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IModules} from "../../contracts/deals/IModules.sol";
import {DealsTest} from "./DealsTest.sol";

/// @notice Versions with a function commitment, and which of them a receipt may name.
contract FunctionCommitmentTest is DealsTest {
    bytes32 private constant SECOND = keccak256("second");
    bytes32 private constant COMMITMENT = keccak256("second function");

    function test_setModule_keepsTheCommitmentOfEachVersion() public {
        deal = _createDeal(_committedTerms(), DEPOSIT);
        vm.expectEmit(address(modules));
        emit IModules.ModuleChanged(deal, 1, FIRST_EPOCH + 1, SECOND, COMMITMENT);
        _set(SECOND, COMMITMENT);
        _skipEpochs(1);
        _set(keccak256("third"), 0);
        _expectCommitment(FIRST_EPOCH, 0, 0); // the terms'
        _expectCommitment(FIRST_EPOCH + 1, 1, COMMITMENT);
        _expectCommitment(FIRST_EPOCH + 2, 2, 0);
        (bytes32 digest, bytes32 commitment, uint32 fromEpoch) = modules.getVersion(deal, 1);
        vm.assertEq(digest, SECOND);
        vm.assertEq(commitment, COMMITMENT);
        vm.assertEq(fromEpoch, FIRST_EPOCH + 1);
    }

    /// @notice Providers agreed to terms without one: nobody holds their locks for longer afterwards.
    function test_setModule_reverts_withACommitment_whereTheTermsHaveNone() public {
        vm.expectRevert(abi.encodeWithSelector(IModules.ModulesDealUncommitted.selector, deal));
        vm.prank(developer);
        modules.setModule(deal, SECOND, COMMITMENT);
        vm.assertEq(modules.versionCount(deal), 0);
    }

    function test_accepts_thePreviousVersion_oneEpochLonger() public {
        _set(SECOND, 0);
        _skipEpochs(1);
        _set(keccak256("third"), 0);
        _expectAccepted(FIRST_EPOCH, [true, false, false, false]);
        _expectAccepted(FIRST_EPOCH + 1, [true, true, false, false]);
        _expectAccepted(FIRST_EPOCH + 2, [false, true, true, false]);
        _expectAccepted(FIRST_EPOCH + 3, [false, false, true, false]);
        _expectAccepted(0, [true, false, false, false]);
    }

    /// @notice Whatever the gaps: exactly the version in force and, in the first epoch of that, the one before it.
    function testFuzz_accepts_followsVersionAt(uint8[8] memory gaps) public {
        for (uint256 i = 0; i < gaps.length; ++i) {
            _skipEpochs(1 + (gaps[i] % 4));
            _set(bytes32(i + 1), 0);
        }
        for (uint32 epoch = FIRST_EPOCH; epoch <= _epoch() + 2; ++epoch) {
            (uint32 version, , ) = modules.versionAt(deal, epoch);
            (uint32 before, , ) = modules.versionAt(deal, epoch - 1);
            for (uint32 v = 0; v <= gaps.length + 1; ++v) {
                vm.assertEq(modules.accepts(deal, epoch, v), v == version || v == before);
            }
        }
    }

    function _set(bytes32 digest, bytes32 commitment) private {
        vm.prank(developer);
        modules.setModule(deal, digest, commitment);
    }

    function _expectCommitment(uint32 epoch, uint32 version, bytes32 commitment) private view {
        (uint32 actual, , bytes32 actualCommitment) = modules.versionAt(deal, epoch);
        vm.assertEq(actual, version);
        vm.assertEq(actualCommitment, commitment);
    }

    function _expectAccepted(uint32 epoch, bool[4] memory expected) private view {
        for (uint32 version = 0; version < 4; ++version) {
            vm.assertEq(modules.accepts(deal, epoch, version), expected[version]);
        }
    }
}
