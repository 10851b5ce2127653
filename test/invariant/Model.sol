// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice docs/protocol.md told in the plainest way: every epoch of every deal is decided by itself, at its start, and
/// every worker's epoch is paid by itself, at its end. Knows nothing of settling, claiming or bitmaps. No contract of ours
/// is used here.
contract Model {
    uint32 public constant OPEN = type(uint32).max;

    struct DealModel {
        uint256 balance;
        uint256 minFundedEpochs;
        uint256 feeBps;
        uint256 unfundedRun;
        uint32 end; // OPEN while open
        uint256 heldEpochs; // after a worker's last one
    }

    struct WorkerModel {
        uint256 deal;
        uint32 node;
        uint256 price; // per epoch, all units
        uint32 first;
        uint32 last; // OPEN while open
        uint256 pay;
        uint256 fee;
        uint256 refund;
    }

    struct TipModel {
        uint32 matchEpoch;
        uint32 challengeEnd;
        address matcher;
        address challenger;
        uint256 amount; // 0 once it is paid
        uint256 share;
    }

    uint32 public epoch;
    mapping(uint256 deal => DealModel) public deals;
    uint256 public dealCount;
    WorkerModel[] private _workers;
    mapping(uint256 worker => TipModel) private _tips;
    /// @notice Tips that were credited and not withdrawn.
    mapping(address account => uint256) public tipsOf;
    mapping(uint256 deal => mapping(uint32 epoch => bool)) public funded;
    mapping(uint32 node => mapping(uint32 epoch => bool)) public attended;
    mapping(uint32 epoch => bool) public someoneAttended;

    constructor(uint32 epoch_) {
        epoch = epoch_;
    }

    // ---- what happens ----

    function nextEpoch() external {
        for (uint256 i = 0; i < _workers.length; ++i) _pay(_workers[i]);
        ++epoch;
        for (uint256 deal = 1; deal <= dealCount; ++deal) _decide(deal);
    }

    function create(
        uint256 amount,
        uint256 minFundedEpochs,
        uint256 feeBps,
        uint32 endEpoch,
        uint256 heldEpochs
    ) external {
        uint32 end_ = endEpoch == 0 ? OPEN : endEpoch;
        deals[++dealCount] = DealModel(amount, minFundedEpochs, feeBps, 0, end_, heldEpochs);
    }

    function deposit(uint256 deal, uint256 amount) external {
        deals[deal].balance += amount;
    }

    function withdraw(uint256 deal, uint256 amount) external {
        deals[deal].balance -= amount;
    }

    function stop(uint256 deal) external {
        uint32 last = epoch;
        for (uint256 i = 0; i < _workers.length; ++i) {
            if (_workers[i].deal == deal && _workers[i].first > epoch) last = epoch + 1;
        }
        deals[deal].end = last;
    }

    function assign(uint256 deal, uint32 node, uint256 price, address matcher, uint256 tip, uint32 window) external {
        deals[deal].balance -= tip;
        _tips[_workers.length] = TipModel(epoch, epoch + window, matcher, address(0), tip, 0);
        _workers.push(WorkerModel(deal, node, price, epoch + 1, OPEN, 0, 0, 0));
    }

    function replace(uint256 deal, uint32 replaced, uint32 node, uint256 price, address challenger) external {
        uint256 index = workerOf(deal, replaced);
        TipModel memory tip = _tips[index];
        delete _tips[index];
        uint256 saved = (_workers[index].price - price) * deals[deal].minFundedEpochs;
        tip.challenger = challenger;
        tip.share = saved < tip.amount ? saved : tip.amount;
        _workers[index].last = epoch;
        _tips[_workers.length] = tip;
        _workers.push(WorkerModel(deal, node, price, epoch + 1, OPEN, 0, 0, 0));
    }

    function payTip(uint256 index) public {
        TipModel storage tip = _tips[index];
        tipsOf[tip.matcher] += tip.amount - tip.share;
        tipsOf[tip.challenger] += tip.share;
        delete tip.amount;
        delete tip.share;
    }

    function withdrawTips(address account) external {
        tipsOf[account] = 0;
    }

    function end(uint256 deal, uint32 node) external {
        _workers[workerOf(deal, node)].last = epoch;
    }

    /// @notice A slash ends a worker that runs or is to begin, and changes nothing of when another one ended.
    function endIfOpen(uint256 deal, uint32 node) external {
        WorkerModel storage w = _workers[workerOf(deal, node)];
        if (w.last == OPEN && deals[deal].end >= epoch) w.last = epoch;
    }

    function attend(uint32 node) external {
        attended[node][epoch] = true;
        someoneAttended[epoch] = true;
    }

    // ---- what follows ----

    function workerCount() external view returns (uint256) {
        return _workers.length;
    }

    function worker(uint256 index) external view returns (WorkerModel memory) {
        return _workers[index];
    }

    /// @notice Index of the newest worker of a node in a deal.
    function workerOf(uint256 deal, uint32 node) public view returns (uint256) {
        for (uint256 i = _workers.length; i != 0; --i) {
            if (_workers[i - 1].deal == deal && _workers[i - 1].node == node) return i - 1;
        }
        revert("no such worker");
    }

    /// @notice Whether a node that nobody changed since `changedEpoch` may take the worker's place, if it is cheap enough.
    function challengeable(uint256 index, uint32 changedEpoch) external view returns (bool) {
        WorkerModel storage w = _workers[index];
        TipModel storage tip = _tips[index];
        return
            w.last == OPEN && epoch < deals[w.deal].end && epoch <= tip.challengeEnd && changedEpoch < tip.matchEpoch;
    }

    function tipDue(uint256 index) external view returns (bool) {
        TipModel storage tip = _tips[index];
        return tip.amount != 0 && (_workers[index].last != OPEN || epoch > tip.challengeEnd);
    }

    function heldTip(uint256 index) external view returns (uint256) {
        return _tips[index].amount;
    }

    /// @notice Charged for an epoch.
    function rateIn(uint256 deal, uint32 inEpoch) public view returns (uint256 rate) {
        for (uint256 i = 0; i < _workers.length; ++i) {
            WorkerModel storage w = _workers[i];
            if (w.deal == deal && w.first <= inEpoch && inEpoch <= w.last) rate += w.price;
        }
    }

    /// @notice Whether the worker's node missed the last `needed` completed epochs, each of which counts.
    function evictable(uint256 index, uint256 needed) external view returns (bool) {
        WorkerModel storage w = _workers[index];
        if (w.last != OPEN || deals[w.deal].end < epoch || w.first > epoch) return false;
        for (uint32 i = 1; i <= needed; ++i) {
            uint32 past = epoch - i;
            if (past < w.first || !funded[w.deal][past]) return false;
            if (attended[w.node][past] || !someoneAttended[past]) return false;
        }
        return true;
    }

    /// @notice Whether the worker's last epoch is over, and nothing it served can be disputed any more.
    function releasable(uint256 index) external view returns (bool) {
        WorkerModel storage w = _workers[index];
        DealModel storage d = deals[w.deal];
        return epoch > w.last + d.heldEpochs || epoch > d.end + d.heldEpochs;
    }

    /// @notice Charged for the epoch that is not over, for a worker.
    function inThisEpoch(uint256 index) external view returns (uint256) {
        WorkerModel storage w = _workers[index];
        return _works(w) && funded[w.deal][epoch] ? w.price : 0;
    }

    function _decide(uint256 deal) private {
        DealModel storage d = deals[deal];
        if (epoch > d.end) return;
        uint256 rate = rateIn(deal, epoch);
        if (d.balance >= rate) {
            d.balance -= rate;
            d.unfundedRun = 0;
            funded[deal][epoch] = true;
        } else if (++d.unfundedRun == d.minFundedEpochs) {
            d.end = epoch;
        }
    }

    function _pay(WorkerModel storage w) private {
        if (!_works(w) || !funded[w.deal][epoch]) return;
        uint256 fee = (w.price * deals[w.deal].feeBps) / 10_000;
        if (attended[w.node][epoch]) {
            w.pay += w.price - fee;
            w.fee += fee;
        } else {
            w.refund += w.price;
        }
    }

    function _works(WorkerModel storage w) private view returns (bool) {
        return w.first <= epoch && epoch <= w.last && epoch <= deals[w.deal].end;
    }
}
