// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IDealsAll} from "../../contracts/deals/IDealsAll.sol";
import {IDealsMoney} from "../../contracts/deals/IDealsMoney.sol";
import {IModules} from "../../contracts/deals/IModules.sol";
import {IOneStep} from "../../contracts/disputes/IOneStep.sol";
import {IParameters} from "../../contracts/governance/IParameters.sol";
import {IRegistry} from "../../contracts/registry/IRegistry.sol";
import {IStaking} from "../../contracts/staking/IStaking.sol";
import {IMill} from "../../contracts/token/IMill.sol";
import {IGovernorWhole, IStablecoin, ITimelockWhole} from "./Contracts.sol";
import {Test} from "./Test.sol";

/// @notice Every contract of the protocol, made from its artifact: the bytecode that is deployed, and no test is compiled
/// anew because a contract changed. Each function takes what the constructor takes.
abstract contract Deployments is Test {
    /// @dev The settings of a governor, in the order of its constructor.
    struct GovernorSettings {
        IERC5805 votingPower;
        address timelock;
        IParameters parameters;
        uint48 votingDelay;
        uint32 votingPeriod;
        uint256 proposalThreshold;
        uint256 quorumPercent;
    }

    function _newMill(address treasury, address[] memory holders, uint256[] memory amounts) internal returns (IMill) {
        return IMill(_deployArtifact("contracts/token/Mill.sol:Mill", abi.encode(treasury, holders, amounts)));
    }

    function _newStablecoin() internal returns (IStablecoin) {
        return IStablecoin(_deployArtifact("contracts/token/TestStablecoin.sol:TestStablecoin", ""));
    }

    function _newParameters(
        address admin,
        address guardian,
        IParameters.Values memory values,
        IParameters.Windows memory windows,
        uint32 vetoMargin
    ) internal returns (IParameters) {
        bytes memory arguments = abi.encode(admin, guardian, values, windows, vetoMargin);
        return IParameters(_deployArtifact("contracts/governance/Parameters.sol:Parameters", arguments));
    }

    function _newRegistry(
        IParameters parameters,
        address binder,
        uint64 genesis,
        uint32 epochDuration
    ) internal returns (IRegistry) {
        bytes memory arguments = abi.encode(parameters, binder, genesis, epochDuration);
        return IRegistry(_deployArtifact("contracts/registry/Registry.sol:Registry", arguments));
    }

    function _newStaking(
        IMill mill,
        IRegistry registry,
        IParameters parameters,
        address binder
    ) internal returns (IStaking) {
        bytes memory arguments = abi.encode(mill, registry, parameters, binder);
        return IStaking(_deployArtifact("contracts/staking/Staking.sol:Staking", arguments));
    }

    /// @dev Deals with its parts; all three take the same.
    function _newDeals(
        IRegistry registry,
        IStaking staking,
        IParameters parameters,
        address treasury,
        uint64 genesis,
        uint32 epochDuration
    ) internal returns (IDealsAll) {
        bytes memory arguments = abi.encode(registry, staking, parameters, treasury, genesis, epochDuration);
        address matching = _deployArtifact("contracts/deals/DealsMatching.sol:DealsMatching", arguments);
        address control = _deployArtifact("contracts/deals/DealsControl.sol:DealsControl", arguments);
        return IDealsAll(_deployArtifact("contracts/deals/Deals.sol:Deals", abi.encode(matching, control)));
    }

    function _newModules(IDealsMoney deals) internal returns (IModules) {
        return IModules(_deployArtifact("contracts/deals/Modules.sol:Modules", abi.encode(deals)));
    }

    function _newOneStep() internal returns (IOneStep) {
        return IOneStep(_deployArtifact("contracts/disputes/OneStep.sol:OneStep", ""));
    }

    function _newTimelock(uint256 delaySeconds, address binder) internal returns (ITimelockWhole) {
        bytes memory arguments = abi.encode(delaySeconds, binder);
        return ITimelockWhole(_deployArtifact("contracts/governance/Timelock.sol:Timelock", arguments));
    }

    function _newVotingPower(IMill mill, IStaking staking, address treasury) internal returns (IERC5805) {
        bytes memory arguments = abi.encode(mill, staking, treasury);
        return IERC5805(_deployArtifact("contracts/governance/VotingPower.sol:VotingPower", arguments));
    }

    function _newGovernor(GovernorSettings memory settings) internal returns (IGovernorWhole) {
        string memory artifact = "contracts/governance/MillraceGovernor.sol:MillraceGovernor";
        return IGovernorWhole(_deployArtifact(artifact, abi.encode(settings)));
    }
}
