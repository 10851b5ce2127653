import { join } from "node:path";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { AddressLike, BaseContract, BigNumberish } from "ethers";
import hre from "hardhat";
import { millraceModule } from "../../deploy/modules/millrace.ts";
import { type DeploymentSettings, readSettings } from "../../deploy/settings.ts";

/** Long enough for every transaction of a scenario to fall into the epoch it is meant for. */
export const EPOCH_SECONDS = 1_000;

/** The devnet's settings with longer epochs. */
export async function testSettings(): Promise<DeploymentSettings> {
  const settings = await readSettings(join(import.meta.dirname, "../../deploy/parameters/devnet.json"));
  return { ...settings, epochDurationSeconds: EPOCH_SECONDS };
}

/** A fresh in-process chain with everything deployed through the Ignition module. */
export async function setUp() {
  const connection = await hre.network.create();
  const { ethers, ignition, networkHelpers } = connection;
  const settings = await testSettings();
  const genesis = await networkHelpers.time.latest();
  const module = millraceModule({ settings, genesis });
  const deployed = await ignition.deploy(module);
  const at = async (contract: BaseContract): Promise<string> => await contract.getAddress();
  if (!("stablecoin" in deployed)) throw new Error("The devnet's settings have a test stablecoin.");
  const contracts = {
    mill: await ethers.getContractAt("Mill", await at(deployed.mill)),
    stablecoin: await ethers.getContractAt("TestStablecoin", await at(deployed.stablecoin)),
    timelock: await ethers.getContractAt("Timelock", await at(deployed.timelock)),
    parameters: await ethers.getContractAt("Parameters", await at(deployed.parameters)),
    registry: await ethers.getContractAt("Registry", await at(deployed.registry)),
    staking: await ethers.getContractAt("Staking", await at(deployed.staking)),
    deals: await ethers.getContractAt("IDealsAll", await at(deployed.deals)),
    governor: await ethers.getContractAt("MillraceGovernor", await at(deployed.governor)),
    votingPower: await ethers.getContractAt("VotingPower", await at(deployed.votingPower)),
    modules: await ethers.getContractAt("Modules", await at(deployed.modules)),
  };

  /** Moves the chain to the start of an epoch. */
  async function toEpoch(epoch: bigint): Promise<void> {
    await networkHelpers.time.increaseTo(BigInt(genesis) + epoch * BigInt(EPOCH_SECONDS));
  }

  /** Signs an ERC-2612 permit that never expires. */
  async function signPermit(
    token: typeof contracts.mill | typeof contracts.stablecoin,
    owner: HardhatEthersSigner,
    spender: AddressLike,
    value: BigNumberish,
  ) {
    const deadline = 2n ** 64n;
    const domain = {
      name: await token.name(),
      version: "1",
      chainId: (await ethers.provider.getNetwork()).chainId,
      verifyingContract: await token.getAddress(),
    };
    const type = ["owner:address", "spender:address", "value:uint256", "nonce:uint256", "deadline:uint256"];
    const Permit = type.map((field) => {
      const [name = "", kind = ""] = field.split(":");
      return { name, type: kind };
    });
    const nonce = await token.nonces(owner);
    const message = { owner: owner.address, spender, value, nonce, deadline };
    const { v, r, s } = ethers.Signature.from(await owner.signTypedData(domain, { Permit }, message));
    return [deadline, v, r, s] as const;
  }

  /** Signs an operator's consent to work for a provider. */
  async function signConsent(operator: HardhatEthersSigner, provider: bigint): Promise<string> {
    const domain = {
      name: "Millrace Registry",
      version: "1",
      chainId: (await ethers.provider.getNetwork()).chainId,
      verifyingContract: await contracts.registry.getAddress(),
    };
    return await operator.signTypedData(
      domain,
      { OperatorConsent: [{ name: "provider", type: "uint32" }] },
      { provider },
    );
  }

  return { ...contracts, connection, settings, genesis, toEpoch, signPermit, signConsent };
}
