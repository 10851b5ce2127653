// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @notice Base of every Solidity test: `vm` with the cheatcodes and assertions, and what invariant tests are told by.
abstract contract Test {
    /// @dev The selectors of one contract that an invariant run calls.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address[] private _targetContracts;
    FuzzSelector[] private _targetSelectors;

    /// @notice Read by the runner of invariant tests: the contracts it may call.
    function targetContracts() external view returns (address[] memory) {
        return _targetContracts;
    }

    /// @notice Read by the runner of invariant tests: the functions it may call.
    function targetSelectors() external view returns (FuzzSelector[] memory) {
        return _targetSelectors;
    }

    /// @dev Makes an invariant run call `selectors` of `target` and nothing else of it.
    function _target(address target, bytes4[] memory selectors) internal {
        _targetContracts.push(target);
        _targetSelectors.push(FuzzSelector({addr: target, selectors: selectors}));
    }

    /// @dev An address with a name in traces, the same for the same name.
    function _account(string memory name) internal returns (address account) {
        (account, ) = _accountAndKey(name);
    }

    /// @dev The same with its private key, for signatures.
    function _accountAndKey(string memory name) internal returns (address account, uint256 key) {
        key = uint256(keccak256(bytes(name)));
        account = vm.addr(key);
        vm.label(account, name);
    }

    /// @dev Creates a contract from its artifact, so that the tests run the bytecode that is deployed, with its own compiler
    /// settings. hardhat.config.ts has every run of tests build the contracts first.
    /// @param artifact for example "contracts/deals/Deals.sol:Deals"
    function _deployArtifact(string memory artifact, bytes memory arguments) internal returns (address deployed) {
        bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    /// @dev Moves time forward.
    function _skip(uint256 seconds_) internal {
        vm.warp(vm.getBlockTimestamp() + seconds_);
    }

    /// @dev Maps any number into `[low, high]`, inclusive.
    function _bound(uint256 x, uint256 low, uint256 high) internal pure returns (uint256) {
        if (x >= low && x <= high) return x;
        uint256 size = high - low + 1; // callers never pass the whole range
        return low + (x % size);
    }
}
