// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {Market} from "../lib/Market.sol";

/// @notice Gas of whole transactions in the steady state: every account and slot that outlives a deal has been used
/// before. Three constraints. docs/protocol.md, "Gas to reach"; figures in snapshots/Deals.json.
contract DealsGasTest is Market {
    string private constant GROUP = "Deals";
    uint256 private constant DEPOSIT = 10_000_000;

    NodeId[] private nodes;

    function setUp() public {
        _deployMarket();
        _skipEpochs(20); // no word of a bitmap begins in the tests
        IDeals.Terms memory terms = _terms3();
        for (uint256 i = 0; i < 4; ++i) {
            (ProviderId provider, ) = _newProvider(string.concat("provider", vm.toString(i)), 100);
            nodes.push(_newNode(provider, 100, ASK));
        }
        // a deal that was there before: balances, fees and refunds are not written for the first time
        DealId earlier = _createDeal(terms, DEPOSIT);
        for (uint256 i = 0; i < 4; ++i) _match(earlier, terms, nodes[i]);
        _skipEpochs(1);
        _attendAll();
        _skipEpochs(2);
        for (uint256 i = 0; i < 4; ++i) deals.settleWorker(earlier, nodes[i], type(uint32).max);
        vm.startPrank(registry.ownerOf(ProviderId.wrap(1)));
        deals.withdrawEarnings(address(token), registry.ownerOf(ProviderId.wrap(1)));
        token.transfer(address(this), 1);
        vm.stopPrank();
        token.mint(registry.ownerOf(ProviderId.wrap(1)), 1);
        token.mint(developer, 1);
        _attendAll();
    }

    /// @notice EIP-170 allows 24,576; below our own limit there is room for what comes later.
    function test_size_leavesRoomInEachPart() public {
        vm.snapshotValue(GROUP, "bytecodeBytes", _size(address(deals)));
        vm.snapshotValue(GROUP, "bytecodeBytesMatching", _size(deals.matching()));
        vm.snapshotValue(GROUP, "bytecodeBytesControl", _size(deals.control()));
    }

    function _size(address part) private view returns (uint256 size) {
        size = part.code.length;
        vm.assertLe(size, 20_000);
        vm.assertGt(size, 0);
    }

    function test_gas_createDeal() public {
        _createDeal(_terms3(), DEPOSIT);
        vm.snapshotGasLastCall(GROUP, "createDeal");
    }

    /// @notice Each further worker: what the third adds. The fourth begins a word of provider ids, so do the 12th, 20th, 28th.
    function test_gas_match() public {
        DealId deal = _createDeal(_terms3(), DEPOSIT);
        _matchFirst(deal, 2);
        uint256 gasOfTwo = vm.snapshotGasLastCall(GROUP, "match2");
        deal = _createDeal(_terms3(), DEPOSIT);
        _matchFirst(deal, 3);
        uint256 gasOfThree = vm.snapshotGasLastCall(GROUP, "match3");
        deal = _createDeal(_terms3(), DEPOSIT);
        _matchFirst(deal, 4);
        vm.snapshotGasLastCall(GROUP, "match4");
        vm.snapshotValue(GROUP, "matchEach", gasOfThree - gasOfTwo);
    }

    /// @notice Eight constraints, each on what this contract attests of another attribute.
    function test_gas_match_withEightAttestedConstraints() public {
        IDeals.Terms memory terms = _attested8();
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = 0; j < 8; ++j) {
                registry.attest(nodes[i], terms.constraints[j].attribute, 1, type(uint64).max, 1);
            }
        }
        DealId deal = _createDeal(terms, DEPOSIT);
        vm.snapshotGasLastCall(GROUP, "createDealAttested8");
        deals.matchDeal(deal, terms, _candidates(_first(2)));
        uint256 gasOfTwo = vm.lastCallGas().gasTotalUsed;
        deal = _createDeal(terms, DEPOSIT);
        deals.matchDeal(deal, terms, _candidates(_first(3)));
        uint256 gasOfThree = vm.snapshotGasLastCall(GROUP, "match3Attested8");
        vm.snapshotValue(GROUP, "matchEachAttested8", gasOfThree - gasOfTwo);
    }

    /// @notice With a function commitment, whose dispute window is kept with the deal.
    function test_gas_createDeal_withAFunctionCommitment() public {
        IDeals.Terms memory terms = _terms3();
        terms.functionCommitment = keccak256("function");
        _createDeal(terms, DEPOSIT);
        vm.snapshotGasLastCall(GROUP, "createDealCommitted");
    }

    function test_gas_claim() public {
        DealId deal = _workingDeal();
        address owner = registry.ownerOf(ProviderId.wrap(1));
        vm.prank(owner);
        deals.claim(deal, nodes[0], type(uint32).max, owner);
        vm.snapshotGasLastCall(GROUP, "claim");
    }

    function test_gas_claim_withMisses() public {
        DealId deal = _workingDeal();
        _skipEpochs(1);
        address owner = registry.ownerOf(ProviderId.wrap(1));
        vm.prank(owner);
        deals.claim(deal, nodes[0], type(uint32).max, owner);
        vm.snapshotGasLastCall(GROUP, "claimWithMisses");
    }

    function test_gas_claim300Epochs() public {
        DealId deal = _createDeal(_terms3(), 1000 * DEPOSIT);
        _matchFirst(deal, 3);
        for (uint256 i = 0; i < 300; ++i) {
            _skipEpochs(1);
            _attend(nodes[0]);
        }
        address owner = registry.ownerOf(ProviderId.wrap(1));
        vm.prank(owner);
        deals.claim(deal, nodes[0], type(uint32).max, owner);
        vm.snapshotGasLastCall(GROUP, "claim300Epochs");
    }

    /// @notice Fifty workers of one payout, one completed epoch each, in one token.
    function test_gas_claimAll50() public {
        IDeals.ClaimItem[] memory items = new IDeals.ClaimItem[](50);
        _stake(ProviderId.wrap(1), 100);
        nodes[3] = _newNode(ProviderId.wrap(1), 50, ASK);
        for (uint256 i = 0; i < 50; ++i) {
            items[i] = IDeals.ClaimItem(_createDeal(_terms3(), DEPOSIT), nodes[3 * (i % 2)]);
            _match(items[i].deal, _terms3(), items[i].node);
        }
        _skipEpochs(1);
        _attendAll();
        _skipEpochs(1);
        address owner = registry.ownerOf(ProviderId.wrap(1));
        vm.prank(owner);
        vm.assertEq(deals.claimAll(items, type(uint32).max, owner), 50);
        uint256 gas = vm.snapshotGasLastCall(GROUP, "claimAll50");
        vm.snapshotValue(GROUP, "claimAllEach", gas / 50);
    }

    function test_gas_createAndMatch3() public {
        NodeId[] memory chosen = new NodeId[](3);
        for (uint256 i = 0; i < 3; ++i) chosen[i] = nodes[i];
        _fund(developer, DEPOSIT);
        vm.prank(developer);
        (, bool matched) = deals.createDealAndMatch(_terms3(), DEPOSIT, _candidates(chosen));
        vm.snapshotGasLastCall(GROUP, "createAndMatch3");
        vm.assertTrue(matched);
    }

    function test_gas_settleWorker() public {
        DealId deal = _workingDeal();
        deals.settleWorker(deal, nodes[1], type(uint32).max);
        vm.snapshotGasLastCall(GROUP, "settleWorker");
    }

    function test_gas_topUp() public {
        DealId deal = _workingDeal();
        _fund(developer, DEPOSIT);
        vm.prank(developer);
        deals.topUp(deal, DEPOSIT);
        vm.snapshotGasLastCall(GROUP, "topUp");
    }

    function test_gas_dismissAndRelease() public {
        DealId deal = _workingDeal();
        vm.prank(developer);
        deals.dismiss(deal, nodes[0]);
        vm.snapshotGasLastCall(GROUP, "dismiss");
        _skipEpochs(1);
        deals.release(deal, nodes[0]);
        vm.snapshotGasLastCall(GROUP, "release");
    }

    function test_gas_setTarget() public {
        DealId deal = _workingDeal();
        IDeals.Terms memory terms = _terms3();
        vm.prank(developer);
        deals.setTarget(deal, terms, 3, new NodeId[](0));
        vm.snapshotGasLastCall(GROUP, "setTarget");
        vm.prank(developer);
        deals.setTarget(deal, terms, 2, _list(nodes[0]));
        vm.snapshotGasLastCall(GROUP, "setTargetDismissing");
    }

    function test_gas_setModule() public {
        DealId deal = _workingDeal();
        vm.prank(developer);
        modules.setModule(deal, keccak256("second"), 0);
        vm.snapshotGasLastCall(GROUP, "setModuleFirst");
        _skipEpochs(1);
        vm.prank(developer);
        modules.setModule(deal, keccak256("third"), 0);
        vm.snapshotGasLastCall(GROUP, "setModule");
    }

    function test_gas_evict() public {
        DealId deal = _workingDeal();
        _skipEpochs(1);
        for (uint256 i = 0; i < MAX_MISSED; ++i) {
            _attend(nodes[3]);
            _skipEpochs(1);
        }
        deals.evict(deal, nodes[0]);
        vm.snapshotGasLastCall(GROUP, "evict");
    }

    /// @notice `match3Tipped` is `match3` with a tip for each; whoever matches has had tips before.
    function test_gas_tip() public {
        IDeals.Terms memory terms = _tipped();
        DealId deal = _createDeal(terms, DEPOSIT);
        deals.matchDeal(deal, terms, _candidates(_first(3)));
        vm.snapshotGasLastCall(GROUP, "match3Tipped");
        _skipEpochs(WINDOW + 1);
        deals.payTip(deal, nodes[0]);
        deals.payTip(deal, nodes[1]);
        vm.snapshotGasLastCall(GROUP, "payTip");
    }

    function test_gas_challenge() public {
        (ProviderId provider, ) = _newProvider("cheap", 100);
        NodeId cheap = _newNode(provider, 100, ASK / 2);
        _match(_createDeal(_terms3(), DEPOSIT), _terms3(), cheap);
        _skipEpochs(1);
        _attendAll();
        _attend(cheap);
        IDeals.Terms memory terms = _tipped();
        DealId deal = _createDeal(terms, DEPOSIT);
        deals.matchDeal(deal, terms, _candidates(_first(3)));
        deals.challenge(deal, terms, nodes[0], cheap);
        vm.snapshotGasLastCall(GROUP, "challenge");
    }

    /// A worker that runs; as in an eviction, the slash is a new one in escrow.
    function test_gas_slashWorker() public {
        vm.prank(admin);
        staking.addSlasher(address(this));
        _skip(60);
        _attendAll();
        DealId deal = _workingDeal();
        deals.slashWorker(deal, nodes[0], 100, developer);
        vm.snapshotGasLastCall(GROUP, "slashWorker");
    }

    /// @notice Invariant 10: no call's gas grows with the number of providers, nodes or deals in the system.
    function test_gas_staysTheSame_whateverElseIsInTheSystem() public {
        DealId deal = _createDeal(_terms3(), DEPOSIT);
        _fund(developer, 100 * DEPOSIT);
        uint256 snapshot = vm.snapshotState();
        uint256[5] memory before = _gasOfALife(deal);
        vm.revertToState(snapshot);
        for (uint256 i = 0; i < 20; ++i) {
            (ProviderId provider, ) = _newProvider(string.concat("other", vm.toString(i)), 100);
            NodeId node = _newNode(provider, 100, ASK);
            _match(_createDeal(_terms3(), DEPOSIT), _terms3(), node);
        }
        uint256[5] memory later = _gasOfALife(deal);
        for (uint256 i = 0; i < 5; ++i) vm.assertEq(later[i], before[i], "invariant 10");
    }

    function _gasOfALife(DealId deal) private returns (uint256[5] memory gasOf) {
        address owner = registry.ownerOf(ProviderId.wrap(1));
        _matchFirst(deal, 3);
        gasOf[0] = vm.lastCallGas().gasTotalUsed;
        _skipEpochs(1);
        _attendAll();
        _skipEpochs(1);
        vm.prank(owner);
        deals.claim(deal, nodes[0], type(uint32).max, owner);
        gasOf[1] = vm.lastCallGas().gasTotalUsed;
        vm.prank(developer);
        deals.dismiss(deal, nodes[0]);
        gasOf[2] = vm.lastCallGas().gasTotalUsed;
        _skipEpochs(1);
        deals.release(deal, nodes[0]);
        gasOf[3] = vm.lastCallGas().gasTotalUsed;
        vm.prank(developer);
        deals.createDeal(_terms3(), DEPOSIT);
        gasOf[4] = vm.lastCallGas().gasTotalUsed;
    }

    /// @dev Three workers, one completed epoch in which all attended; nothing decided since.
    function _workingDeal() private returns (DealId deal) {
        deal = _createDeal(_terms3(), DEPOSIT);
        _matchFirst(deal, 3);
        _skipEpochs(1);
        _attendAll();
        _skipEpochs(1);
    }

    function _matchFirst(DealId deal, uint256 count) private {
        deals.matchDeal(deal, _terms3(), _candidates(_first(count)));
    }

    function _first(uint256 count) private view returns (NodeId[] memory chosen) {
        chosen = new NodeId[](count);
        for (uint256 i = 0; i < count; ++i) chosen[i] = nodes[i];
    }

    function _tipped() private view returns (IDeals.Terms memory terms) {
        terms = _terms3();
        terms.tipPerWorker = 1000;
    }

    function _attendAll() private {
        for (uint256 i = 0; i < 4; ++i) _attend(nodes[i]);
    }

    function _attested8() private view returns (IDeals.Terms memory terms) {
        terms = _terms3();
        terms.constraints = new IDeals.Constraint[](8);
        for (uint256 i = 0; i < 8; ++i) {
            bytes32 name = bytes32(bytes(string.concat("attribute", vm.toString(i))));
            terms.constraints[i] = IDeals.Constraint(name, IDeals.Operator.AtLeast, 1, address(this));
        }
    }

    function _terms3() private view returns (IDeals.Terms memory terms) {
        terms = _terms(4);
        terms.maxWorkersPerProvider = 1;
        terms.constraints = new IDeals.Constraint[](3);
        terms.constraints[0] = _declared(REGION_GROUP, IDeals.Operator.Equal, 4);
        terms.constraints[1] = _declared(CORES, IDeals.Operator.AtLeast, 4);
        terms.constraints[2] = _declared(MEMORY_GIB, IDeals.Operator.AtLeast, 8);
    }
}
