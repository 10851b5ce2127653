// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId} from "../../contracts/libraries/Ids.sol";
import {IDealsMoney} from "../../contracts/deals/IDealsMoney.sol";
import {IModules} from "../../contracts/deals/IModules.sol";
import {Modules} from "../../contracts/deals/Modules.sol";
import {DealsTest} from "./DealsTest.sol";

contract SetModuleTest is DealsTest {
    bytes32 private constant SECOND = keccak256("second");
    bytes32 private constant THIRD = keccak256("third");

    function test_setModule_countsFromTheNextEpoch() public {
        vm.expectEmit(address(modules));
        emit IModules.ModuleChanged(deal, 1, FIRST_EPOCH + 1, SECOND, 0);
        vm.assertEq(_set(SECOND), 1);
        _expectVersion(FIRST_EPOCH, 0, 0);
        _expectVersion(FIRST_EPOCH + 1, 1, SECOND);
        _expectVersion(type(uint32).max, 1, SECOND);
    }

    function test_setModule_keepsOlderVersions_andRollsBackToThem() public {
        bytes32 first = _terms(2).moduleDigest;
        _set(SECOND);
        _skipEpochs(1);
        _set(THIRD);
        _skipEpochs(5);
        vm.assertEq(_set(SECOND), 3);
        _skipEpochs(1);
        vm.assertEq(_set(first), 4);
        vm.assertEq(modules.versionCount(deal), 4);
        _expectVersion(FIRST_EPOCH, 0, 0);
        _expectVersion(FIRST_EPOCH + 1, 1, SECOND);
        _expectVersion(FIRST_EPOCH + 2, 2, THIRD);
        _expectVersion(FIRST_EPOCH + 6, 2, THIRD);
        _expectVersion(FIRST_EPOCH + 7, 3, SECOND);
        _expectVersion(FIRST_EPOCH + 8, 4, first);
        (bytes32 digest, bytes32 commitment, uint32 fromEpoch) = modules.getVersion(deal, 2);
        vm.assertEq(commitment, 0);
        vm.assertEq(digest, THIRD);
        vm.assertEq(fromEpoch, FIRST_EPOCH + 2);
    }

    function test_setModule_changesNothingInDeals() public {
        _assignOne();
        _work(1);
        bytes memory before = abi.encode(deals.getDeal(deal));
        _set(SECOND);
        vm.assertEq(abi.encode(deals.getDeal(deal)), before);
        _work(2);
        vm.assertEq(deals.owed(deal, node1).pay, 2 * (PRICE - FEE));
    }

    function test_setModule_worksInAnInsolventDeal() public {
        _workUntilInsolvent();
        vm.assertEq(_set(SECOND), 1);
    }

    function test_setModule_reverts_twiceInAnEpoch() public {
        _set(SECOND);
        vm.expectRevert(abi.encodeWithSelector(IModules.ModulesChangedAlready.selector, deal, FIRST_EPOCH + 1));
        vm.prank(developer);
        modules.setModule(deal, THIRD, 0);
        DealId other = _createDeal(_terms(2), DEPOSIT);
        vm.prank(developer);
        modules.setModule(other, THIRD, 0); // each deal by itself
        _skipEpochs(1);
        vm.assertEq(_set(THIRD), 2);
    }

    /// @notice Nobody sets the module of a deal that is not his: not a stranger, nor who works for it or owns another.
    function test_setModule_reverts_whenTheCallerIsNotTheOwner() public {
        _assignOne();
        address[3] memory others = [stranger, owner1, admin];
        _fund(stranger, DEPOSIT);
        vm.prank(stranger);
        deals.createDeal(_terms(2), DEPOSIT);
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IModules.ModulesUnauthorized.selector, deal, others[i], developer));
            vm.prank(others[i]);
            modules.setModule(deal, SECOND, 0);
        }
        vm.assertEq(modules.versionCount(deal), 0);
    }

    function test_setModule_reverts_withoutADigest() public {
        vm.expectRevert(abi.encodeWithSelector(IModules.ModulesDigestZero.selector, deal));
        vm.prank(developer);
        modules.setModule(deal, 0, 0);
    }

    function test_setModule_reverts_whenNoEpochFollows() public {
        vm.startPrank(developer);
        deals.stop(deal);
        bytes memory ended = abi.encodeWithSelector(IModules.ModulesDealEnded.selector, deal, FIRST_EPOCH);
        vm.expectRevert(ended);
        modules.setModule(deal, SECOND, 0);
        _skipEpochs(3);
        vm.expectRevert(ended);
        modules.setModule(deal, SECOND, 0);
        vm.stopPrank();
    }

    function test_setModule_reverts_whenTheDealEndedForWantOfMoney() public {
        _workUntilInsolvent();
        uint32 since = _epoch();
        _skipEpochs(MIN_FUNDED);
        vm.expectRevert(abi.encodeWithSelector(IModules.ModulesDealEnded.selector, deal, since + MIN_FUNDED - 1));
        vm.prank(developer);
        modules.setModule(deal, SECOND, 0);
    }

    function test_setModule_reverts_whenTheDealIsUnknown() public {
        DealId unknown = _unknownDeal();
        modules.setModule(unknown, SECOND, 0);
    }

    function test_getVersion_reverts_whenThereIsNoSuchVersion() public {
        _set(SECOND);
        for (uint32 version = 0; version <= 2; version += 2) {
            vm.expectRevert(abi.encodeWithSelector(IModules.ModulesVersionUnknown.selector, deal, version, 1));
            modules.getVersion(deal, version);
        }
    }

    function test_versionAt_isTheModuleInTheTerms_whereNothingWasSet() public view {
        _expectVersion(0, 0, 0);
        _expectVersion(type(uint32).max, 0, 0);
    }

    function test_constructor_reverts_withoutDeals() public {
        vm.expectRevert(IModules.ModulesZeroAddress.selector);
        new Modules(IDealsMoney(address(0)));
    }

    /// @notice Whatever the gaps between the changes: in each epoch the newest version that has begun is in force.
    function testFuzz_versionAt_isTheNewestThatHasBegun(uint8[12] memory gaps) public {
        uint32[] memory begins = new uint32[](gaps.length);
        for (uint256 i = 0; i < gaps.length; ++i) {
            _skipEpochs(1 + (gaps[i] % 5));
            begins[i] = _epoch() + 1;
            vm.assertEq(_set(bytes32(i + 1)), i + 1);
        }
        uint32 expected = 0;
        for (uint32 epoch = FIRST_EPOCH; epoch <= begins[gaps.length - 1] + 2; ++epoch) {
            if (expected < gaps.length && begins[expected] == epoch) ++expected;
            _expectVersion(epoch, expected, bytes32(uint256(expected)));
        }
    }

    function _set(bytes32 digest) private returns (uint32) {
        vm.prank(developer);
        return modules.setModule(deal, digest, 0);
    }

    function _expectVersion(uint32 epoch, uint32 version, bytes32 digest) private view {
        (uint32 actual, bytes32 actualDigest, bytes32 commitment) = modules.versionAt(deal, epoch);
        vm.assertEq(actual, version);
        vm.assertEq(actualDigest, digest);
        vm.assertEq(commitment, 0);
    }
}
