// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Finders} from "./Finders.sol";

/// @notice What the token holders, the guardian and slashers do: parameters, pauses, vetoes. A pause is kept in books of its
/// own, and whoever is kept out by it must be.
abstract contract Authorities is Finders {
    uint256 private _pausedUntil;
    bool private _pauseUsed;

    /// @notice Any parameter within its bounds, while everything runs.
    function changeParameters(uint256 seed) external {
        seed = _mixed(seed);
        vm.startPrank(admin);
        parameters.setProtocolFeeBps(uint16(seed % 501));
        parameters.setMinFundedEpochs(uint16(1 + ((seed >> 16) % 4)));
        parameters.setStakePerUnit(uint96(1 + ((seed >> 32) % 400)) * 1 ether);
        parameters.setMaxMissedEpochs(uint16(1 + ((seed >> 48) % 3)));
        parameters.setEvictionSlashBps(uint16((seed >> 64) % 1001));
        parameters.setResignNoticeEpochs(uint16(1 + ((seed >> 80) % 4)));
        parameters.setMatchChallengeWindow(uint8(1 + ((seed >> 96) % 6)));
        parameters.setDisputeWindow(1 + uint32((seed >> 104) % DISPUTE_WINDOW)); // the thaw leaves no more
        parameters.setThawPeriod(uint32(60 + ((seed >> 112) % 100)));
        parameters.setSlashVetoWindow(uint32(60 + ((seed >> 128) % 100)));
        vm.stopPrank();
    }

    /// @dev Up to ten epochs; every other time the token holders have appointed the guardian again.
    function pauseEntry(uint256 seed) external {
        seed = _mixed(seed);
        if (seed % 2 == 0) {
            vm.prank(admin);
            parameters.setGuardian(guardian);
            _pauseUsed = false;
        }
        uint32 length = uint32(1 + ((seed >> 8) % (10 * EPOCH_SECONDS)));
        vm.prank(guardian);
        bool done = _didAt(address(parameters), abi.encodeCall(parameters.pauseEntry, (length)));
        vm.assertEq(done, !_pauseUsed, "one pause an appointment");
        if (!done) return;
        (_pauseUsed, _pausedUntil) = (true, block.timestamp + length);
    }

    function resumeEntry(uint256 seed) external {
        vm.prank(_mixed(seed) % 2 == 0 ? guardian : admin);
        bool done = _didAt(address(parameters), abi.encodeCall(parameters.resumeEntry, ()));
        vm.assertEq(done, _entryPaused(), "resumed if it was paused");
        _pausedUntil = 0;
    }

    function _entryPaused() internal view returns (bool) {
        return block.timestamp < _pausedUntil;
    }

    /// @dev By the token holders or the guardian; its term never ends here.
    function vetoSlash(uint256 seed) external {
        seed = _mixed(seed);
        uint64 count = staking.slashCount();
        if (count == 0) return;
        uint64 id = 1 + uint64((seed >> 8) % count);
        bool held = staking.getSlash(id).amount != 0;
        vm.prank(seed % 2 == 0 ? admin : guardian);
        bool done = _didAt(address(staking), abi.encodeCall(staking.vetoSlash, (id)));
        vm.assertTrue(!done || held, "only what is in escrow");
    }

    /// @dev By anyone, once the window in force at the slash is over.
    function executeSlash(uint256 seed) external {
        uint64 count = staking.slashCount();
        if (count == 0) return;
        uint64 id = 1 + uint64(_mixed(seed) % count);
        bool due = staking.getSlash(id).amount != 0 && block.timestamp >= staking.getSlash(id).vetoEndsAt;
        bool done = _didAt(address(staking), abi.encodeCall(staking.executeSlash, (id)));
        vm.assertEq(done, due, "executed exactly when the window is over");
    }

    /// @dev The slasher is removed, and added again: it may slash once that has taken effect.
    function changeSlasher(uint256 seed) external {
        vm.startPrank(admin);
        if (staking.slasherFrom(slasher) == 0) staking.addSlasher(slasher);
        else if (_mixed(seed) % 4 == 0) staking.removeSlasher(slasher);
        vm.stopPrank();
    }
}
