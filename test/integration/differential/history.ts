/** One random history, lived through by the contracts and by the model at once. */
import { expect } from "chai";
import { parseEther } from "ethers";
import { EPOCH_SECONDS } from "../setUp.ts";
import { takeDealStep } from "./dealSteps.ts";
import { misses } from "./faults.ts";
import { type Model, Refused } from "./model.ts";
import { collectFees, take } from "./money.ts";
import type { ContractName, Network, Outcome } from "./network.ts";
import { createDeal } from "./owner.ts";
import { attend, attest, requestThaw, revoke, setGrade, stake } from "./provider.ts";
import { GRADE, NODES, PROVIDERS, account, providerOf } from "./stage.ts";
import type { GradeConstraint } from "./types.ts";

/** One step of a history: what is tried, and numbers to choose with. */
export interface Step {
  kind: string;
  a: number;
  b: number;
  c: number;
}

export class History {
  readonly network: Network;
  readonly model: Model;
  readonly told: string[] = [];
  /** how often each function was not refused */
  readonly accepted = new Map<string, number>();

  constructor(network: Network, model: Model) {
    this.network = network;
    this.model = model;
  }

  /** Does a step in both worlds, and compares what came of it. */
  async take(step: Step): Promise<void> {
    const { model } = this;
    if (step.kind === "epochs") return await this.#passEpochs(step);
    if (step.kind === "createDeal") return await this.#create(step);
    const node = this.#chooseNode(step);
    const provider = providerOf(node);
    const owner = account.owner(provider);
    const mill = parseEther(String(step.c % 500));
    if (step.kind === "attend") return await this.#attend(node);
    if (step.kind === "stake")
      return await this.same(owner, "staking", "stake", [provider, mill], () => {
        stake(model, provider, mill);
      });
    if (step.kind === "requestThaw")
      return await this.same(owner, "staking", "requestThaw", [provider, mill], () => {
        requestThaw(model, provider, mill);
      });
    if (step.kind === "setOffer") {
      const [ask, on] = [BigInt(900 + (step.c % 200)), step.a % 8 !== 0];
      const token = await this.network.market.stablecoin.getAddress();
      return await this.same(owner, "registry", "setOffer", [node, token, ask, on], () => {
        Object.assign(model.nodes[node - 1] ?? {}, { ask, on, changed: model.epoch });
      });
    }
    if (step.kind === "setAttributes" || step.kind === "attest" || step.kind === "revokeAttestation")
      return await this.#grade(step.kind, step);
    if (step.kind === "withdrawEarnings" || step.kind === "withdrawRefund" || step.kind === "collectFees")
      return await this.#pull(step.kind, step);
    if (model.deals.length === 0) return;
    await takeDealStep(this, step, node);
  }

  /** As a rule a node that works for the step's deal; for an eviction the one that missed most. */
  #chooseNode({ kind, a, b }: Step): number {
    const { model } = this;
    const deal = model.deals[a % model.deals.length];
    const workers = deal?.workers.filter((worker) => !worker.released) ?? [];
    if (deal !== undefined && kind === "evict")
      workers.sort((x, y) => misses(model, deal, y) - misses(model, deal, x));
    const index = kind === "evict" ? 0 : b % workers.length;
    return (b % 6 === 0 ? undefined : workers[index]?.node) ?? 1 + (b % NODES);
  }

  /** The same call in both worlds ends the same: with the same values, or refused with the same error. */
  async same(
    from: number,
    contract: ContractName,
    name: string,
    args: unknown[],
    inModel: () => unknown[] | void,
  ): Promise<void> {
    const outcome = await this.network.send(this.network.signer(from), contract, name, ...args);
    this.told.push(
      `epoch ${this.model.epoch}: ${name}(${tellArguments(args)}) by ${from}: ${tellOutcome(outcome)}`,
    );
    if ("result" in outcome) this.accepted.set(name, (this.accepted.get(name) ?? 0) + 1);
    let expected: { result: unknown[] | undefined } | { refused: string };
    try {
      expected = { result: this.model.attempt(inModel) ?? undefined };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      expected = { refused: error.message };
    }
    if ("refused" in expected || "refused" in outcome)
      expect("refused" in outcome ? outcome.refused : "accepted").to.equal(
        "refused" in expected ? expected.refused : "accepted",
      );
    else if (expected.result !== undefined)
      expect(outcome.result.toArray(true)).to.deep.equal(expected.result);
  }

  /** One to three epochs, in most of which most nodes attend. */
  async #passEpochs(step: Step): Promise<void> {
    for (let index = 0; index <= step.b % 3; index += 1) {
      this.model.nextEpoch();
      await this.network.market.toEpoch(BigInt(this.model.epoch));
      this.told.push(`epoch ${this.model.epoch}`);
      if ((step.a + index) % 5 !== 0) await this.#attendMost(step);
    }
  }

  /** All nodes attend, as a rule but for one, which stays away for a while and then another does. */
  async #attendMost({ a }: Step): Promise<void> {
    const absent = a % 4 === 0 ? 0 : 1 + ((this.told.length >> 6) % NODES);
    for (let node = 1; node <= NODES; node += 1) if (node !== absent) await this.#attend(node);
  }

  async #attend(node: number): Promise<void> {
    await this.same(account.operator(node), "registry", "attend", [], () => {
      attend(this.model, node);
    });
  }

  async #create({ a, b, c }: Step): Promise<void> {
    const developer = account.developer(a % 2);
    const [min, spread] = [1 + (b % 2), c % 3];
    const terms = {
      ...{ units: 1 + (b % 2), min, target: min + (spread % 2), max: min + spread, perProvider: 1 + (a % 2) },
      ...{ limit: BigInt(1_000 + (c % 4) * 100), minimumAsk: BigInt(c % 2) * 950n },
      ...{ tolerance: (b % 4) * 250, tip: BigInt((a + c) % 3) * 900n },
      end: c % 5 === 0 ? this.model.epoch + 1 + (c % 9) : 0,
      grade: gradeWanted(a + b + c),
      committed: (a + b) % 3 === 0,
    };
    const minimum =
      BigInt(this.model.rules.minFundedEpochs * terms.target * terms.units) * terms.limit +
      BigInt(terms.target) * terms.tip;
    const deposit = c % 11 === 0 ? minimum - 1n : minimum + BigInt(c % 13) * terms.limit;
    const encoded = await this.network.terms(terms);
    const owner = this.network.signer(developer).address;
    await this.same(developer, "deals", "createDeal", [encoded, deposit], () => {
      createDeal(this.model, owner, terms, deposit);
      return [BigInt(this.model.deals.length)];
    });
  }

  /** What a node's owner declares of it, or the one attester attests until a later epoch begins. */
  async #grade(name: "setAttributes" | "attest" | "revokeAttestation", { a, b, c }: Step): Promise<void> {
    const { model, network } = this;
    const node = 1 + (b % NODES);
    const grade = BigInt(c % 4);
    if (name === "setAttributes")
      return await this.same(
        account.owner(providerOf(node)),
        "registry",
        name,
        [node, [GRADE], [grade]],
        () => {
          setGrade(model, node, grade);
        },
      );
    if (name === "revokeAttestation")
      return await this.same(0, "registry", name, [node, GRADE], () => {
        revoke(model, node);
      });
    const until = model.epoch + (a % 6);
    const expiresAt = network.market.genesis + until * EPOCH_SECONDS;
    const revision = model.nodes[node - 1]?.revision;
    await this.same(0, "registry", name, [node, GRADE, grade, expiresAt, revision], () => {
      attest(model, node, grade, until);
    });
  }

  async #pull(name: "withdrawEarnings" | "withdrawRefund" | "collectFees", step: Step): Promise<void> {
    const { model, network } = this;
    const token = await network.market.stablecoin.getAddress();
    if (name === "collectFees") return await this.same(0, "deals", name, [token], () => [collectFees(model)]);
    const from =
      name === "withdrawEarnings"
        ? step.c % 3 === 0
          ? account.finder(step.b)
          : account.payout(1 + (step.b % PROVIDERS))
        : account.developer(step.b % 2);
    const who = network.signer(from).address;
    await this.same(from, "deals", name, [token, who], () => [
      take(model, name === "withdrawEarnings" ? "earnings" : "refunds", who),
    ]);
  }
}

/** Half the deals ask for a grade. */
function gradeWanted(random: number): GradeConstraint | undefined {
  if (random % 2 === 0) return undefined;
  const operator = (["=", "!=", ">=", "<="] as const)[(random >> 1) % 4] ?? "=";
  return { operator, value: BigInt((random >> 3) % 4), isAttested: random % 3 === 0 };
}

const tellArguments = (args: unknown[]): string =>
  JSON.stringify(args, (_, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner)).slice(
    1,
    -1,
  );
const tellOutcome = (outcome: Outcome): string => ("refused" in outcome ? outcome.refused : "done");
