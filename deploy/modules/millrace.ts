import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { zeroAddress } from "viem";
import type { DeploymentSettings } from "../settings.ts";

/** What the Ignition module needs: the settings and the second at which epoch 0 begins. */
export interface MillraceModuleOptions {
  readonly settings: DeploymentSettings;
  /** Unix seconds, not after the block in which Registry is deployed. */
  readonly genesis: number;
}

/**
 * The Ignition module of the whole protocol: every contract and the one-time bindings between them.
 * Contracts that do not depend on each other go out in the same batch; the longest chain is
 * timelock, parameters, registry, staking, voting power, governor, bindings: seven blocks.
 */
export function millraceModule({ settings, genesis }: MillraceModuleOptions) {
  return buildModule("Millrace", (m) => {
    const deployer = m.getAccount(0);
    const { governance } = settings;
    const timelock = m.contract("Timelock", [governance.timelockDelaySeconds, deployer]);
    const parameters = m.contract("Parameters", [
      timelock,
      governance.guardian ?? zeroAddress,
      { ...settings.parameters, entryPausedUntil: 0n },
      { ...settings.windows },
      governance.vetoMarginSeconds,
    ]);
    const mill = m.contract("Mill", [
      timelock,
      settings.firstHolders.map(({ holder }) => (holder === "treasury" ? timelock : holder)),
      settings.firstHolders.map(({ amount }) => amount),
    ]);
    const epochDuration = settings.epochDurationSeconds;
    const registry = m.contract("Registry", [parameters, deployer, genesis, epochDuration]);
    const staking = m.contract("Staking", [mill, registry, parameters, deployer]);
    // Three contracts behind the address of the third, which reads what they have in common from the second.
    const common = [registry, staking, parameters, timelock, genesis, epochDuration];
    const matching = m.contract("DealsMatching", [...common]);
    const control = m.contract("DealsControl", [...common]);
    const deals = m.contract("Deals", [matching, control]);
    const modules = m.contract("Modules", [deals]);
    const votingPower = m.contract("VotingPower", [mill, staking, timelock]);
    const governor = m.contract("MillraceGovernor", [
      votingPower,
      timelock,
      parameters,
      governance.votingDelaySeconds,
      governance.votingPeriodSeconds,
      governance.proposalThreshold,
      governance.quorumPercent,
    ]);
    m.call(registry, "bind", [deals]);
    m.call(staking, "bind", [deals]);
    m.call(timelock, "bind", [governor]);
    const core = { mill, timelock, parameters, registry, staking, deals, modules };
    const contracts = { ...core, votingPower, governor };
    return settings.testStablecoin ? { ...contracts, stablecoin: m.contract("TestStablecoin") } : contracts;
  });
}
