/** One random history, lived through by the contracts and by the model at once. */
import { expect } from "chai";
import { parseEther } from "ethers";
import { type Model, Refused } from "./model.ts";
import { EPOCH_SECONDS } from "../setUp.ts";
import type { Network, Outcome } from "./network.ts";
import { GRADE, NODES, PROVIDERS, account, providerOf } from "./stage.ts";
import type { Deal, GradeConstraint } from "./types.ts";

const REFUSALS = [
  ...[
    "None",
    "NodeUnknown",
    "NodeRetired",
    "OfferOff",
    "AboveListedAsk",
    "AbovePriceLimit",
    "BelowMinimumAsk",
  ],
  ...["UnitsShort", "StakeShort", "ConstraintUnmet", "NotListed", "ProviderLimit", "ProviderBarred"],
  ...["AlreadyWorking", "NotAttending", "TargetReached"],
];
const MAX_EPOCH = 2 ** 32 - 1;
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
    const [anyone, owner] = [0, account.owner(provider)];
    const amount = BigInt(step.c) * 37n;
    const mill = parseEther(String(step.c % 500));
    if (step.kind === "attend") return await this.#attend(node);
    if (step.kind === "stake")
      return await this.#same(owner, "staking", "stake", [provider, mill], () => {
        model.stake(provider, mill);
      });
    if (step.kind === "requestThaw")
      return await this.#same(owner, "staking", "requestThaw", [provider, mill], () => {
        model.requestThaw(provider, mill);
      });
    if (step.kind === "setOffer") {
      const [ask, on] = [BigInt(900 + (step.c % 200)), step.a % 8 !== 0];
      const token = await this.network.market.stablecoin.getAddress();
      return await this.#same(owner, "registry", "setOffer", [node, token, ask, on], () => {
        Object.assign(model.nodes[node - 1] ?? {}, { ask, on });
      });
    }
    if (step.kind === "setAttributes" || step.kind === "attest" || step.kind === "revokeAttestation")
      return await this.#grade(step.kind, step);
    if (step.kind === "withdrawEarnings" || step.kind === "withdrawRefund" || step.kind === "collectFees")
      return await this.#pull(step.kind, step);
    if (model.deals.length === 0) return;

    const id = 1 + (step.a % model.deals.length);
    const deal = (): Deal => {
      const found = model.deals[id - 1];
      if (found === undefined) throw new Error("no such deal");
      return found;
    };
    const developer = this.network.signers.findIndex((signer) => signer.address === deal().owner);
    const terms = await this.network.terms(deal().terms);
    const upTo = step.c % 4 === 0 ? Math.max(0, model.epoch - 1 - (step.c % 3)) : MAX_EPOCH;
    switch (step.kind) {
      case "match": {
        const candidates = Array.from({ length: 1 + (step.b % 4) }, (_, index) => ({
          node: 1 + ((step.c + index * (1 + (step.b % 3))) % (NODES + 1)),
          maxAsk: step.c % 7 === 0 ? 1_000n : 2_000n,
        }));
        return await this.#same(anyone, "deals", "matchDeal", [id, terms, candidates], () => [
          model.match(deal(), candidates).map((refusal) => BigInt(REFUSALS.indexOf(refusal))),
        ]);
      }
      case "topUp":
        return await this.#same(developer, "deals", "topUp", [id, amount], () => {
          model.topUp(deal(), amount);
        });
      case "withdraw": {
        const wanted = step.b % 2 === 0 ? amount : model.withdrawable(deal());
        const to = this.network.signer(developer).address;
        return await this.#same(developer, "deals", "withdraw", [id, wanted, to], () => {
          model.withdraw(deal(), wanted);
        });
      }
      case "stop":
        return await this.#same(developer, "deals", "stop", [id], () => {
          model.stop(deal());
        });
      case "setTarget": {
        const target = step.b % 5;
        const dismissed = model
          .open(deal())
          .slice(0, step.c % 3)
          .map((worker) => worker.node);
        return await this.#same(developer, "deals", "setTarget", [id, terms, target, dismissed], () => {
          model.setTarget(deal(), target, dismissed);
        });
      }
      case "dismiss":
        return await this.#same(developer, "deals", "dismiss", [id, node], () => {
          model.dismiss(deal(), node);
        });
      case "unbar":
        return await this.#same(developer, "deals", "unbar", [id, provider], () => {
          deal().barred.delete(provider);
        });
      case "bar":
        return await this.#same(developer, "deals", "bar", [id, provider], () => {
          deal().barred.add(provider);
        });
      case "resign":
        return await this.#same(owner, "deals", "resign", [id, node], () => {
          model.resign(deal(), node);
        });
      case "endWorker": {
        const byProvider = step.c % 2 === 0;
        return await this.#same(byProvider ? owner : anyone, "deals", "endWorker", [id, node], () => {
          model.endWorker(deal(), node, byProvider);
        });
      }
      case "evict":
        return await this.#same(anyone, "deals", "evict", [id, node], () => {
          model.evict(deal(), node);
        });
      case "release":
        return await this.#same(anyone, "deals", "release", [id, node], () => {
          model.release(deal(), node);
        });
      case "settleWorker":
        return await this.#same(anyone, "deals", "settleWorker", [id, node, upTo], () => [
          model.pay(deal(), node, upTo, false),
        ]);
      case "claim": {
        const payout = account.payout(provider);
        const to = this.network.signer(payout).address;
        return await this.#same(payout, "deals", "claim", [id, node, upTo, to], () => [
          model.pay(deal(), node, upTo, true),
        ]);
      }
      default:
        throw new Error(`There is no step ${step.kind}.`);
    }
  }

  /** As a rule a node that works for the step's deal; for an eviction the one that missed most. */
  #chooseNode({ kind, a, b }: Step): number {
    const { model } = this;
    const deal = model.deals[a % model.deals.length];
    const workers = deal?.workers.filter((worker) => !worker.released) ?? [];
    if (deal !== undefined && kind === "evict")
      workers.sort((x, y) => model.misses(deal, y) - model.misses(deal, x));
    const index = kind === "evict" ? 0 : b % workers.length;
    return (b % 6 === 0 ? undefined : workers[index]?.node) ?? 1 + (b % NODES);
  }

  /** The same call in both worlds ends the same: with the same values, or refused with the same error. */
  async #same(
    from: number,
    contract: "deals" | "registry" | "staking",
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
    await this.#same(account.operator(node), "registry", "attend", [], () => {
      this.model.attend(node);
    });
  }

  async #create({ a, b, c }: Step): Promise<void> {
    const developer = account.developer(a % 2);
    const [min, spread] = [1 + (b % 2), c % 3];
    const terms = {
      ...{ units: 1 + (b % 2), min, target: min + (spread % 2), max: min + spread, perProvider: 1 + (a % 2) },
      ...{ limit: BigInt(1_000 + (c % 4) * 100), minimumAsk: BigInt(c % 2) * 950n },
      end: c % 5 === 0 ? this.model.epoch + 1 + (c % 9) : 0,
      grade: gradeWanted(a + b + c),
    };
    const minimum = BigInt(this.model.rules.minFundedEpochs * terms.target * terms.units) * terms.limit;
    const deposit = c % 11 === 0 ? minimum - 1n : minimum + BigInt(c % 13) * terms.limit;
    const encoded = await this.network.terms(terms);
    const owner = this.network.signer(developer).address;
    await this.#same(developer, "deals", "createDeal", [encoded, deposit], () => {
      this.model.createDeal(owner, terms, deposit);
      return [BigInt(this.model.deals.length)];
    });
  }

  /** What a node's owner declares of it, or the one attester attests until a later epoch begins. */
  async #grade(name: "setAttributes" | "attest" | "revokeAttestation", { a, b, c }: Step): Promise<void> {
    const { model, network } = this;
    const node = 1 + (b % NODES);
    const grade = BigInt(c % 4);
    if (name === "setAttributes")
      return await this.#same(
        account.owner(providerOf(node)),
        "registry",
        name,
        [node, [GRADE], [grade]],
        () => {
          model.setGrade(node, grade);
        },
      );
    if (name === "revokeAttestation")
      return await this.#same(0, "registry", name, [node, GRADE], () => {
        model.revoke(node);
      });
    const until = model.epoch + (a % 6);
    const expiresAt = network.market.genesis + until * EPOCH_SECONDS;
    const revision = model.nodes[node - 1]?.revision;
    await this.#same(0, "registry", name, [node, GRADE, grade, expiresAt, revision], () => {
      model.attest(node, grade, until);
    });
  }

  async #pull(name: "withdrawEarnings" | "withdrawRefund" | "collectFees", step: Step): Promise<void> {
    const { model, network } = this;
    const token = await network.market.stablecoin.getAddress();
    if (name === "collectFees")
      return await this.#same(0, "deals", name, [token], () => [model.collectFees()]);
    const from =
      name === "withdrawEarnings" ? account.payout(1 + (step.b % PROVIDERS)) : account.developer(step.b % 2);
    const who = network.signer(from).address;
    await this.#same(from, "deals", name, [token, who], () => [
      model.take(name === "withdrawEarnings" ? "earnings" : "refunds", who),
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
