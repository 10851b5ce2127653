// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";
import {IParameters} from "../governance/IParameters.sol";
import {ProviderId} from "../libraries/Ids.sol";
import {IMill} from "../token/IMill.sol";
import {IStaking} from "./IStaking.sol";
import {StakeVotes} from "./StakeVotes.sol";

/// @title What was slashed: in escrow until it is vetoed or executed; and who may slash besides Deals' own rules
abstract contract SlashEscrow is StakeVotes {
    uint256 private constant BPS = 10_000;
    uint256 private constant OWNER_SHARE_BPS = 4_000;
    uint256 private constant REPORTER_SHARE_BPS = 1_000;

    /// @inheritdoc IStaking
    IMill public immutable mill;
    /// @inheritdoc IStaking
    IParameters public immutable parameters;

    /// @inheritdoc IStaking
    address public deals;
    /// @inheritdoc IStaking
    uint64 public slashCount;

    /// @dev Two slots. The second, with the delegatee, is read wherever votes come or go.
    mapping(ProviderId provider => Stake) internal _stakes;

    /// @dev Two slots.
    mapping(uint64 slash => Slash) private _slashes;
    mapping(address account => uint256) private _shares;

    /// @inheritdoc IStaking
    mapping(address account => uint48) public slasherFrom;

    modifier onlyDeals() {
        require(msg.sender == deals, StakingUnauthorized(msg.sender, deals));
        _;
    }

    modifier onlyAdmin() {
        address admin = parameters.admin();
        require(msg.sender == admin, StakingUnauthorized(msg.sender, admin));
        _;
    }

    constructor(IMill mill_, IParameters parameters_) {
        mill = mill_;
        parameters = parameters_;
    }

    // ---- slashes ----

    /// @inheritdoc IStaking
    function slash(
        ProviderId provider,
        uint96 amount,
        address owner,
        address reporter
    ) external onlyDeals returns (uint64 id) {
        require(amount != 0, StakingZeroAmount());
        Stake storage stored = _stakes[provider];
        uint96 locked = stored.locked;
        require(amount <= locked, StakingLockedStakeShort(provider, locked, amount));
        // amount <= locked
        unchecked {
            stored.locked = locked - amount;
        }
        id = ++slashCount;
        uint48 vetoEndsAt = SafeCast.toUint48(block.timestamp + parameters.windows().slashVetoWindow);
        _slashes[id] = Slash(amount, owner, reporter, provider, vetoEndsAt);
        emit StakeSlashed(id, provider, amount, owner, reporter, vetoEndsAt);
        _moveVotes(stored.delegatee, address(0), amount);
    }

    /// @inheritdoc IStaking
    function vetoSlash(uint64 id) external {
        _requireMayVeto();
        Slash memory slashed = _take(id);
        uint48 present = Time.timestamp();
        require(present < slashed.vetoEndsAt, StakingVetoOver(slashed.vetoEndsAt, present));
        Stake storage stored = _stakes[slashed.provider];
        stored.free += slashed.amount;
        emit SlashVetoed(id, slashed.provider, msg.sender, slashed.amount);
        _moveVotes(address(0), stored.delegatee, slashed.amount);
    }

    /// @inheritdoc IStaking
    function executeSlash(uint64 id) external {
        Slash memory slashed = _take(id);
        uint48 present = Time.timestamp();
        require(present >= slashed.vetoEndsAt, StakingVetoNotOver(slashed.vetoEndsAt, present));
        uint96 ownerShare = _share(slashed.owner, slashed.amount, OWNER_SHARE_BPS);
        uint96 reporterShare = _share(slashed.reporter, slashed.amount, REPORTER_SHARE_BPS);
        uint96 burned = slashed.amount - ownerShare - reporterShare;
        emit SlashExecuted(id, slashed.provider, ownerShare, reporterShare, burned);
        mill.burn(burned);
    }

    /// @inheritdoc IStaking
    function withdrawShares(address to) external returns (uint256 amount) {
        require(to != address(0), StakingZeroAddress());
        amount = _shares[msg.sender];
        require(amount != 0, StakingNoShares(msg.sender));
        delete _shares[msg.sender];
        emit SharesWithdrawn(msg.sender, to, amount);
        mill.transfer(to, amount);
    }

    // ---- slashers (the admin) ----

    /// @inheritdoc IStaking
    function addSlasher(address slasher) external onlyAdmin {
        require(slasher != address(0), StakingZeroAddress());
        uint48 known = slasherFrom[slasher];
        require(known == 0, StakingSlasherKnown(slasher, known));
        uint48 activeFrom = SafeCast.toUint48(block.timestamp + parameters.values().thawPeriod);
        slasherFrom[slasher] = activeFrom;
        emit SlasherAdded(slasher, activeFrom);
    }

    /// @inheritdoc IStaking
    function removeSlasher(address slasher) external onlyAdmin {
        require(slasherFrom[slasher] != 0, StakingSlasherUnknown(slasher));
        delete slasherFrom[slasher];
        emit SlasherRemoved(slasher);
    }

    // ---- views ----

    /// @inheritdoc IStaking
    function getSlash(uint64 id) external view returns (Slash memory) {
        return _slashes[id];
    }

    /// @inheritdoc IStaking
    function sharesOf(address account) external view returns (uint256) {
        return _shares[account];
    }

    /// @inheritdoc IStaking
    function isSlasher(address account) external view returns (bool) {
        uint48 from = slasherFrom[account];
        return from != 0 && from <= block.timestamp;
    }

    // ---- internals ----

    /// @dev Takes a slash out of escrow.
    function _take(uint64 id) private returns (Slash memory slashed) {
        slashed = _slashes[id];
        require(slashed.amount != 0, StakingSlashUnknown(id));
        delete _slashes[id];
    }

    /// @dev Books a share, rounded down: what is burned is at least half. Nobody's share is burned, too.
    function _share(address account, uint96 amount, uint256 bps) private returns (uint96 share) {
        if (account == address(0)) return 0;
        share = uint96((amount * bps) / BPS); // at most the amount
        _shares[account] += share;
    }

    function _requireMayVeto() private view {
        address admin = parameters.admin();
        if (msg.sender == admin) return;
        (address guardian, uint48 termEndsAt) = (parameters.guardian(), parameters.guardianTermEndsAt());
        require(
            msg.sender == guardian && block.timestamp < termEndsAt,
            StakingVetoUnauthorized(msg.sender, admin, guardian, termEndsAt)
        );
    }
}
