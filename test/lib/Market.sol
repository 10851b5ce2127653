// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealId, NodeId, ProviderId} from "../../contracts/libraries/Ids.sol";
import {IDeals} from "../../contracts/deals/IDeals.sol";
import {IDealsAll} from "../../contracts/deals/IDealsAll.sol";
import {IModules} from "../../contracts/deals/IModules.sol";
import {IParameters} from "../../contracts/governance/IParameters.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {IMill} from "../../contracts/token/IMill.sol";
import {IStablecoin} from "./Contracts.sol";
import {Deployments} from "./Deployments.sol";

/// @notice A whole deployment in a test, with short ways to do what providers and developers do.
abstract contract Market is Deployments {
    uint32 internal constant EPOCH_SECONDS = 10;
    uint32 internal constant FIRST_EPOCH = 1000;
    uint16 internal constant MIN_FUNDED = 3;
    uint16 internal constant FEE_BPS = 100;
    uint16 internal constant MAX_MISSED = 2;
    uint16 internal constant SLASH_BPS = 100;
    uint16 internal constant NOTICE = 2;
    uint32 internal constant VETO_WINDOW = 60;
    uint8 internal constant WINDOW = 2;
    uint96 internal constant STAKE_PER_UNIT = 200 ether;
    uint80 internal constant ASK = 10_000; // 0.01 tUSD
    uint16 internal constant UNITS = 2;
    uint32 internal constant DISPUTE_WINDOW = 20;
    bytes32 internal constant REGION_GROUP = bytes32(uint256(0));
    bytes32 internal constant CORES = bytes32(uint256(3));
    bytes32 internal constant MEMORY_GIB = bytes32(uint256(4));

    address internal treasury;
    address internal admin;
    address internal guardian;
    address internal holder;
    address internal developer;

    IMill internal mill;
    IStablecoin internal token;
    IParameters internal parameters;
    IRegistry internal registry;
    IStaking internal staking;
    IDealsAll internal deals;
    IModules internal modules;

    mapping(NodeId node => address) internal operatorOf;

    function _deployMarket() internal {
        _deployMarketIn(FIRST_EPOCH);
    }

    /// @dev It is that epoch's first second.
    function _deployMarketIn(uint32 epoch) internal {
        vm.warp(1_800_000_000);
        treasury = _account("treasury");
        admin = _account("admin");
        guardian = _account("guardian");
        holder = _account("holder");
        developer = _account("developer");
        uint64 genesis = 1_800_000_000 - uint64(epoch) * EPOCH_SECONDS;

        address[] memory holders = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (holders[0], amounts[0]) = (holder, 500_000_000 ether);
        (holders[1], amounts[1]) = (treasury, 500_000_000 ether);
        mill = _newMill(treasury, holders, amounts);
        token = _newStablecoin();
        parameters = _newParameters(
            admin,
            guardian,
            IParameters.Values({
                stakePerUnit: STAKE_PER_UNIT,
                thawPeriod: 60,
                minFundedEpochs: MIN_FUNDED,
                protocolFeeBps: FEE_BPS,
                maxMissedEpochs: MAX_MISSED,
                evictionSlashBps: SLASH_BPS,
                resignNoticeEpochs: NOTICE,
                entryPausedUntil: 0
            }),
            IParameters.Windows({
                slashVetoWindow: VETO_WINDOW,
                matchChallengeWindow: WINDOW,
                disputeWindow: DISPUTE_WINDOW,
                maxDisputeDuration: 40
            }),
            10
        );
        registry = _newRegistry(parameters, address(this), genesis, EPOCH_SECONDS);
        staking = _newStaking(mill, registry, parameters, address(this));
        deals = _newDeals(registry, staking, parameters, treasury, genesis, EPOCH_SECONDS);
        modules = _newModules(deals);
        registry.bind(address(deals));
        staking.bind(address(deals));
        vm.prank(holder);
        mill.approve(address(staking), type(uint256).max);
    }

    // ---- time ----

    function _skipEpochs(uint256 count) internal {
        _skip(count * EPOCH_SECONDS);
    }

    function _epoch() internal view returns (uint32) {
        return deals.currentEpoch();
    }

    // ---- providers ----

    /// @dev A provider with free stake for `units`; its owner is paid.
    function _newProvider(string memory name, uint256 units) internal returns (ProviderId provider, address owner) {
        owner = _account(name);
        vm.prank(owner);
        provider = registry.registerProvider(0, owner);
        _stake(provider, units);
    }

    function _stake(ProviderId provider, uint256 units) internal {
        if (units == 0) return;
        vm.prank(holder);
        staking.stake(provider, uint96(units * STAKE_PER_UNIT));
    }

    /// @dev A node in Germany with 8 cores and 16 GiB, an offer in `token`, that has attended this epoch.
    function _newNode(ProviderId provider, uint16 units, uint80 ask) internal returns (NodeId node) {
        node = _newAbsentNode(provider, units, ask);
        _attend(node);
    }

    function _newAbsentNode(ProviderId provider, uint16 units, uint80 ask) internal returns (NodeId node) {
        string memory name = string.concat("operator", vm.toString(uint256(registry.nodeCount()) + 1));
        (address operator, uint256 key) = _accountAndKey(name);
        bytes memory signature = _consent(key, provider);
        address owner = registry.ownerOf(provider);
        vm.prank(owner);
        node = registry.addNode(
            provider,
            operator,
            signature,
            units,
            _attributes(),
            "",
            "https://node.example",
            address(token),
            ask
        );
        operatorOf[node] = operator;
    }

    function _attributes() internal pure returns (IRegistry.Attributes memory) {
        return
            IRegistry.Attributes({
                regionGroup: 4,
                country: 0x4445,
                hardwareClass: 3,
                cores: 8,
                memoryGiB: 16,
                bandwidthMbps: 1000
            });
    }

    function _consent(uint256 key, ProviderId provider) internal view returns (bytes memory) {
        bytes32 message = keccak256(abi.encode(keccak256("OperatorConsent(uint32 provider)"), provider));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _registryDigest(message));
        return abi.encodePacked(r, s, v);
    }

    /// @dev What the node's operator signs to have it attend by `attendAll`.
    function _signAttendance(NodeId node, uint32 epoch) internal returns (IRegistry.Attendance memory) {
        (, uint256 key) = _accountAndKey(string.concat("operator", vm.toString(uint256(NodeId.unwrap(node)))));
        bytes32 message = keccak256(abi.encode(keccak256("Attend(uint32 node,uint32 epoch)"), node, epoch));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _registryDigest(message));
        return IRegistry.Attendance({node: node, r: r, vs: bytes32((uint256(v - 27) << 255) | uint256(s))});
    }

    function _registryDigest(bytes32 message) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Millrace Registry"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function _attend(NodeId node) internal {
        vm.prank(operatorOf[node]);
        registry.attend();
    }

    // ---- developers ----

    /// @dev `target` workers of 2 units, at least one, at most two of a provider, up to twice ASK, in Europe.
    function _terms(uint8 target) internal view returns (IDeals.Terms memory terms) {
        terms.paymentToken = address(token);
        terms.moduleDigest = keccak256("module");
        terms.unitsPerWorker = UNITS;
        terms.minWorkers = 1;
        terms.targetWorkers = target;
        terms.maxWorkers = 32;
        terms.maxWorkersPerProvider = 2;
        terms.priceLimit = 2 * ASK;
        terms.minimumAsk = 1;
        terms.openToAll = true;
        terms.constraints = new IDeals.Constraint[](1);
        terms.constraints[0] = _declared(REGION_GROUP, IDeals.Operator.Equal, 4);
    }

    /// @dev A constraint on what the node's owner declares.
    function _declared(
        bytes32 attribute,
        IDeals.Operator operator,
        uint64 value
    ) internal pure returns (IDeals.Constraint memory) {
        return IDeals.Constraint(attribute, operator, value, address(0));
    }

    /// @dev Gives `account` tokens and lets Deals take all it has.
    function _fund(address account, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(deals), type(uint256).max);
    }

    function _createDeal(IDeals.Terms memory terms, uint256 deposit) internal returns (DealId deal) {
        _fund(developer, deposit);
        vm.prank(developer);
        deal = deals.createDeal(terms, deposit);
    }

    function _candidates(NodeId[] memory nodes) internal pure returns (IDeals.Candidate[] memory candidates) {
        candidates = new IDeals.Candidate[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            candidates[i] = IDeals.Candidate({node: nodes[i], maxAsk: type(uint80).max});
        }
    }

    function _list(NodeId node) internal pure returns (NodeId[] memory nodes) {
        nodes = new NodeId[](1);
        nodes[0] = node;
    }

    function _match(DealId deal, IDeals.Terms memory terms, NodeId node) internal {
        deals.matchDeal(deal, terms, _candidates(_list(node)));
    }
}
