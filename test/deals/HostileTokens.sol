// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Takes 1 % of every transfer.
contract FeeToken is ERC20 {
    constructor() ERC20("Fee", "FEE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), value / 100);
    }
}

/// @notice Moves nothing and says so only in its return value.
contract FalseToken is ERC20 {
    constructor() ERC20("False", "FALSE") {}

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @notice Returns nothing, as some old tokens do.
contract SilentToken is ERC20 {
    constructor() ERC20("Silent", "SIL") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        assembly ("memory-safe") {
            return(0, 0)
        }
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        assembly ("memory-safe") {
            return(0, 0)
        }
    }
}

/// @notice Calls back whoever asked for it while a transfer is under way, as ERC-777 tokens do.
contract HookToken is ERC20 {
    address private _target;
    bytes private _data;

    /// @notice What the last hook's call came to.
    bool public hookSucceeded;
    bytes public hookResult;

    constructor() ERC20("Hook", "HOOK") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice The next transfer calls `target` with `data` before any balance changes.
    function arm(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        address target = _target;
        if (target != address(0)) {
            _target = address(0);
            (hookSucceeded, hookResult) = target.call(_data);
        }
        super._update(from, to, value);
    }
}

/// @notice Calls back and then refuses to pay out, without reverting.
contract RefusingHookToken is HookToken {
    function transfer(address to, uint256) public override returns (bool) {
        super.transfer(to, 0);
        return false;
    }
}

/// @notice Does what it is told: owner, payer and payee in attacks.
contract Puppet {
    function run(address target, bytes calldata data) external returns (bytes memory) {
        (bool success, bytes memory result) = target.call(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
        return result;
    }
}

/// @notice Delivers deposits, and from then on does what it is told with every transfer.
contract MoodyToken is ERC20 {
    enum Mood {
        Honest,
        Reverting,
        ReturningFalse,
        ReturningTwo,
        ReturningMuch,
        BurningGas,
        Blocking
    }

    Mood private _mood;
    address private _blocked;

    constructor() ERC20("Moody", "MOOD") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function turn(Mood mood, address blocked) external {
        (_mood, _blocked) = (mood, blocked);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (_mood == Mood.ReturningFalse) return false;
        require(_mood != Mood.Reverting, "no");
        require(_mood != Mood.Blocking || to != _blocked, "blocked");
        if (_mood == Mood.BurningGas) while (true) {}
        if (_mood == Mood.ReturningMuch) {
            assembly ("memory-safe") {
                revert(0, 400000)
            }
        }
        if (_mood == Mood.ReturningTwo) {
            assembly ("memory-safe") {
                mstore(0, 2)
                return(0, 0x20)
            }
        }
        return super.transfer(to, amount);
    }
}
