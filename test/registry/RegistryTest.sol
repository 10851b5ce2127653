// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../contracts/governance/IParameters.sol";
import {NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {Deployments} from "../lib/Deployments.sol";

/// @notice A registry with a fresh clock, bound to an account that stands for Deals, and one provider.
abstract contract RegistryTest is Deployments {
    uint64 internal constant GENESIS = 1_800_000_000;
    uint32 internal constant EPOCH = 100;
    uint32 internal constant THAW = 1_000;
    uint80 internal constant ASK = 2_000;

    address internal admin = _account("admin");
    address internal deals = _account("deals");
    address internal guardian = _account("guardian");
    address internal owner = _account("owner");
    address internal payout = _account("payout");
    address internal stranger = _account("stranger");
    address internal token = _account("token");

    IParameters internal parameters;
    IRegistry internal registry;
    ProviderId internal provider;

    function setUp() public virtual {
        vm.warp(GENESIS);
        parameters = _newParameters(admin, guardian, _values(), _windows(), 10);
        registry = _newRegistry(parameters, address(this), GENESIS, EPOCH);
        registry.bind(deals);
        vm.prank(owner);
        provider = registry.registerProvider(bytes32(0), payout);
    }

    function _values() internal pure returns (IParameters.Values memory) {
        return
            IParameters.Values({
                stakePerUnit: 200 ether,
                thawPeriod: THAW,
                minFundedEpochs: 2,
                protocolFeeBps: 100,
                maxMissedEpochs: 2,
                evictionSlashBps: 100,
                resignNoticeEpochs: 2,
                entryPausedUntil: 0
            });
    }

    function _windows() internal pure returns (IParameters.Windows memory) {
        return
            IParameters.Windows({
                slashVetoWindow: 60,
                matchChallengeWindow: 2,
                disputeWindow: 20,
                maxDisputeDuration: 40
            });
    }

    function _attributes() internal pure returns (IRegistry.Attributes memory) {
        return
            IRegistry.Attributes({
                regionGroup: 4,
                country: 0x4445, // DE
                hardwareClass: 3,
                cores: 16,
                memoryGiB: 64,
                bandwidthMbps: 1_000
            });
    }

    /// @dev The signature of a new operator with `key` for `provider_` in `target`'s domain on this chain.
    function _consent(uint256 key, ProviderId provider_, address target) internal view returns (bytes memory) {
        return _consentOn(key, provider_, target, block.chainid);
    }

    function _consentOn(
        uint256 key,
        ProviderId provider_,
        address target,
        uint256 chainId
    ) internal pure returns (bytes memory) {
        bytes32 message = keccak256(abi.encode(keccak256("OperatorConsent(uint32 provider)"), provider_));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(message, target, chainId));
        return abi.encodePacked(r, s, v);
    }

    /// @dev What the operator with `key` signs to have its node attend by {attendAll}.
    function _attendance(
        uint256 key,
        NodeId node,
        uint32 epoch,
        address target,
        uint256 chainId
    ) internal pure returns (IRegistry.Attendance memory) {
        bytes32 message = keccak256(abi.encode(keccak256("Attend(uint32 node,uint32 epoch)"), node, epoch));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(message, target, chainId));
        return IRegistry.Attendance({node: node, r: r, vs: bytes32((uint256(v - 27) << 255) | uint256(s))});
    }

    function _digest(bytes32 message, address target, uint256 chainId) private pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Millrace Registry"),
                keccak256("1"),
                chainId,
                target
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, message));
    }

    /// @dev Adds a node of 8 units with an offer in `token`, operated by the account named `operatorName`.
    function _addNode(string memory operatorName) internal returns (NodeId node) {
        (address operator, uint256 key) = _accountAndKey(operatorName);
        bytes memory consent = _consent(key, provider, address(registry));
        vm.prank(owner);
        return registry.addNode(provider, operator, consent, 8, _attributes(), "peer", "https://node", token, ASK);
    }

    function _attend(string memory operatorName) internal {
        vm.prank(_account(operatorName));
        registry.attend();
    }

    function _takeUnits(NodeId node, uint16 units) internal {
        vm.prank(deals);
        registry.takeUnits(node, units);
    }

    function _expectUnauthorized(address caller, address expected) internal {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistryUnauthorized.selector, caller, expected));
    }

    function _expectNode(bytes4 selector, NodeId node) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, node));
    }
}
