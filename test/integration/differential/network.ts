/** The real contracts as the differential test drives them: every call by its function's name, every refusal by its error's. */
import { ethers } from "ethers";
import { dealsAbi } from "../../../sdk/src/generated/dealsAbi.ts";
import { modulesAbi } from "../../../sdk/src/generated/modulesAbi.ts";
import { registryAbi } from "../../../sdk/src/generated/registryAbi.ts";
import { stakingAbi } from "../../../sdk/src/generated/stakingAbi.ts";
import { setUp } from "../setUp.ts";
import type { GradeConstraint, Terms } from "./types.ts";

const abis = { deals: dealsAbi, modules: modulesAbi, registry: registryAbi, staking: stakingAbi } as const;
const interfaces = {
  deals: ethers.Interface.from(dealsAbi),
  modules: ethers.Interface.from(modulesAbi),
  registry: ethers.Interface.from(registryAbi),
  staking: ethers.Interface.from(stakingAbi),
};

/** What calls are proved against, where they are. */
export const commitment = ethers.id("function");

export type ContractName = keyof typeof abis;
type Market = Awaited<ReturnType<typeof setUp>>;
type Signer = Awaited<ReturnType<Market["connection"]["ethers"]["getSigners"]>>[number];

/** What a call came to: the values it returned, or the name of the error it was refused with. */
export type Outcome = { result: ethers.Result } | { refused: string };

/** Deploys the market on a chain in this process. */
export async function startNetwork(): Promise<Network> {
  const market = await setUp();
  return new Network(market, await market.connection.ethers.getSigners());
}

export class Network {
  readonly market: Market;
  readonly signers: Signer[];

  constructor(market: Market, signers: Signer[]) {
    this.market = market;
    this.signers = signers;
  }

  signer(index: number): Signer {
    const found = this.signers[index];
    if (found === undefined) throw new Error(`There is no account ${index}.`);
    return found;
  }

  /**
   * Tries the call, and sends it if it is not refused.
   *
   * @throws the chain's error if it is none of the contracts' own
   */
  async send(from: Signer, contract: ContractName, name: string, ...args: unknown[]): Promise<Outcome> {
    const abi = interfaces[contract];
    const to = await this.market[contract].getAddress();
    const data = abi.encodeFunctionData(name, args);
    try {
      const returned = await from.call({ to, data });
      await (await from.sendTransaction({ to, data, gasLimit: 10_000_000 })).wait();
      return { result: abi.decodeFunctionResult(name, returned) };
    } catch (error) {
      const revert = (error as { data?: unknown }).data;
      if (typeof revert !== "string") throw error;
      for (const known of Object.values(interfaces)) {
        const parsed = known.parseError(revert);
        if (parsed !== null) return { refused: parsed.name };
      }
      throw error;
    }
  }

  /** A view's answer. */
  async read(contract: ContractName, name: string, ...args: unknown[]): Promise<ethers.Result> {
    const abi = interfaces[contract];
    const to = await this.market[contract].getAddress();
    const data = abi.encodeFunctionData(name, args);
    return abi.decodeFunctionResult(name, await this.signer(0).call({ to, data }));
  }

  #constraint({ operator, value, isAttested }: GradeConstraint): unknown {
    const attester = isAttested ? this.signer(0).address : ethers.ZeroAddress;
    return [ethers.encodeBytes32String("grade"), ["=", "!=", ">=", "<="].indexOf(operator), value, attester];
  }

  /** The contract's terms: what the model has none of is switched off. */
  async terms(terms: Terms): Promise<unknown> {
    const values: Record<string, unknown> = {
      paymentToken: await this.market.stablecoin.getAddress(),
      moduleDigest: ethers.id("module"),
      functionCommitment: terms.committed ? commitment : ethers.ZeroHash,
      unitsPerWorker: terms.units,
      minWorkers: terms.min,
      targetWorkers: terms.target,
      maxWorkers: terms.max,
      maxWorkersPerProvider: terms.perProvider,
      priceLimit: terms.limit,
      priceToleranceBps: terms.tolerance,
      minimumAsk: terms.minimumAsk,
      tipPerWorker: terms.tip,
      endEpoch: terms.end,
      openToAll: true,
      constraints: terms.grade === undefined ? [] : [this.#constraint(terms.grade)],
    };
    const [type] = interfaces.deals.getFunction("createDeal")?.inputs ?? [];
    return type?.components?.map((component) => {
      if (component.name in values) return values[component.name];
      if (component.isArray()) return [];
      if (component.baseType === "address") return ethers.ZeroAddress;
      return component.baseType === "bytes32" ? ethers.ZeroHash : 0;
    });
  }
}
