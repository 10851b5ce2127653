// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {DealsTest} from "./DealsTest.sol";

contract HashTermsTest is DealsTest {
    function testFuzz_hashTerms_isTheHashOfTheEncoding(uint256 seed) public view {
        IDeals.Terms memory terms = IDeals.Terms({
            paymentToken: address(uint160(_random(seed, 0))),
            moduleDigest: bytes32(_random(seed, 1)),
            functionCommitment: bytes32(_random(seed, 17)),
            unitsPerWorker: uint16(_random(seed, 2)),
            minWorkers: uint8(_random(seed, 3)),
            targetWorkers: uint8(_random(seed, 4)),
            maxWorkers: uint8(_random(seed, 5)),
            maxWorkersPerProvider: uint8(_random(seed, 6)),
            priceLimit: uint80(_random(seed, 7)),
            minimumAsk: uint80(_random(seed, 8)),
            priceToleranceBps: uint16(_random(seed, 15)),
            tipPerWorker: uint80(_random(seed, 16)),
            endEpoch: uint32(_random(seed, 9)),
            openToAll: _random(seed, 10) % 2 == 0,
            permissionIssuer: address(uint160(_random(seed, 11))),
            constraints: new IDeals.Constraint[](_random(seed, 12) % 9),
            listMode: IDeals.ListMode(_random(seed, 13) % 3),
            providers: new ProviderId[](_random(seed, 14) % 65)
        });
        for (uint256 i = 0; i < terms.constraints.length; ++i) {
            uint256 random = _random(seed, 20 + i);
            terms.constraints[i] = IDeals.Constraint({
                attribute: bytes32(random),
                operator: IDeals.Operator((random >> 8) % 4),
                value: uint64(random >> 16),
                attester: address(uint160(_random(seed, 100 + i)))
            });
        }
        for (uint256 i = 0; i < terms.providers.length; ++i) {
            terms.providers[i] = ProviderId.wrap(uint32(_random(seed, 30 + i)));
        }
        vm.assertEq(deals.hashTerms(terms), keccak256(abi.encode(terms)) & ~bytes32(uint256(0xff)));
    }

    function _random(uint256 seed, uint256 index) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    /// @notice A caller may lay the same terms out differently; the hash is the same.
    function test_hashTerms_ignoresTheLayout() public {
        bytes memory plain = abi.encodeCall(deals.hashTerms, (_terms(2)));
        // a word of padding before the tuple: the offset of the tuple becomes 0x40
        bytes memory padded = bytes.concat(
            deals.hashTerms.selector,
            bytes32(uint256(0x40)),
            bytes32(uint256(0xdead)),
            _slice(plain, 36)
        );
        (bool success, bytes memory result) = address(deals).call(padded);
        vm.assertTrue(success);
        vm.assertEq(abi.decode(result, (bytes32)), deals.hashTerms(_terms(2)));
    }

    /// @notice Bits beyond a field's type make other terms, never the same ones.
    function test_hashTerms_differs_whenAFieldHasBitsBeyondItsType() public {
        bytes memory data = abi.encodeCall(deals.hashTerms, (_terms(2)));
        bytes32 clean = deals.hashTerms(_terms(2));
        data[36 + 3 * 32] = 0x01; // highest byte of unitsPerWorker
        (bool success, bytes memory result) = address(deals).call(data);
        vm.assertTrue(!success || abi.decode(result, (bytes32)) != clean);
        // and nobody can create a deal with them
        bytes memory creation = abi.encodeCall(deals.createDeal, (_terms(2), DEPOSIT));
        creation[4 + 64 + 3 * 32] = 0x01;
        _fund(developer, DEPOSIT);
        vm.prank(developer);
        (success, ) = address(deals).call(creation);
        vm.assertFalse(success);
    }

    function _slice(bytes memory data, uint256 from) private pure returns (bytes memory rest) {
        rest = new bytes(data.length - from);
        for (uint256 i = 0; i < rest.length; ++i) rest[i] = data[from + i];
    }
}
