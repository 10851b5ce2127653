/** The steps of a history that are about one deal. */
import { ethers } from "ethers";
import { challenge } from "./challenge.ts";
import { evict, slashWorker } from "./faults.ts";
import type { History, Step } from "./history.ts";
import { match } from "./matching.ts";
import { nobody } from "./model.ts";
import { claimAll, pay, payTip, release } from "./money.ts";
import { commitment } from "./network.ts";
import { dismiss, setModule, setScaler, setTarget, stop, topUp, withdraw } from "./owner.ts";
import { endWorker, resign } from "./provider.ts";
import { NODES, account, providerOf } from "./stage.ts";
import type { Deal } from "./types.ts";

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

/** Tries the step on one of the deals there are. */
export async function takeDealStep(history: History, step: Step, node: number): Promise<void> {
  const { model, network } = history;
  const provider = providerOf(node);
  const [anyone, owner, finder] = [0, account.owner(provider), account.finder(step.b)];
  const who = (index: number): string => network.signer(index).address;
  const amount = BigInt(step.c) * 37n;
  const id = 1 + (step.a % model.deals.length);
  const deal = (): Deal => {
    const found = model.deals[id - 1];
    if (found === undefined) throw new Error("no such deal");
    return found;
  };
  const developer = network.signers.findIndex((signer) => signer.address === deal().owner);
  const terms = await network.terms(deal().terms);
  const upTo = step.c % 4 === 0 ? Math.max(0, model.epoch - 1 - (step.c % 3)) : MAX_EPOCH;
  switch (step.kind) {
    case "match": {
      const candidates = Array.from({ length: 1 + (step.b % 4) }, (_, index) => ({
        node: 1 + ((step.c + index * (1 + (step.b % 3))) % (NODES + 1)),
        maxAsk: step.c % 7 === 0 ? 1_000n : 2_000n,
      }));
      return await history.same(finder, "deals", "matchDeal", [id, terms, candidates], () => [
        match(model, deal(), candidates, who(finder)).map((refusal) => BigInt(REFUSALS.indexOf(refusal))),
      ]);
    }
    case "challenge": {
      const candidate = 1 + (step.c % NODES);
      return await history.same(finder, "deals", "challenge", [id, terms, node, candidate], () => {
        challenge(model, deal(), node, candidate, who(finder));
      });
    }
    case "payTip":
      return await history.same(anyone, "deals", "payTip", [id, node], () => {
        payTip(model, deal(), node);
      });
    case "slashWorker": {
      const bps = (step.c * 10) % 6_000;
      const args = [id, node, bps, who(finder)];
      return await history.same(account.slasher, "deals", "slashWorker", args, () => [
        slashWorker(model, deal(), node, bps, who(finder)),
      ]);
    }
    case "claimAll": {
      const items = Array.from({ length: step.b % 4 }, (_, index) => ({
        deal: 1 + ((step.a + index) % (model.deals.length + 1)),
        node: index === 0 ? node : 1 + ((step.c + index) % NODES),
      }));
      const payout = account.payout(provider);
      const args = [items, upTo, who(payout)];
      return await history.same(payout, "deals", "claimAll", args, () => [
        claimAll(model, who(payout), items, upTo),
      ]);
    }
    case "topUp":
      return await history.same(developer, "deals", "topUp", [id, amount], () => {
        topUp(model, deal(), amount);
      });
    case "withdraw": {
      const wanted = step.b % 2 === 0 ? amount : model.withdrawable(deal());
      const to = network.signer(developer).address;
      return await history.same(developer, "deals", "withdraw", [id, wanted, to], () => {
        withdraw(model, deal(), wanted);
      });
    }
    case "stop":
      return await history.same(developer, "deals", "stop", [id], () => {
        stop(model, deal());
      });
    case "setTarget": {
      const target = step.b % 5;
      const dismissed = model
        .open(deal())
        .slice(0, step.c % 3)
        .map((worker) => worker.node);
      // The owner, the key that may be the scaler, and the other developer, who never is.
      const by = [developer, account.scaler, account.scaler, account.developer(step.a % 2)][step.a % 4] ?? 0;
      const caller = network.signer(by).address;
      return await history.same(by, "deals", "setTarget", [id, terms, target, dismissed], () => {
        setTarget(model, deal(), target, dismissed, caller);
      });
    }
    case "setScaler": {
      const isNamed = step.b % 4 !== 0;
      const key = isNamed ? network.signer(account.scaler).address : nobody;
      const each = BigInt(deal().terms.units) * deal().terms.limit;
      const cap = isNamed || step.c % 5 === 0 ? BigInt(step.c % 5) * each : 0n;
      return await history.same(developer, "deals", "setScaler", [id, key, cap], () => {
        setScaler(model, deal(), key, cap);
      });
    }
    case "dismiss":
      return await history.same(developer, "deals", "dismiss", [id, node], () => {
        dismiss(model, deal(), node);
      });
    case "unbar":
      return await history.same(developer, "deals", "unbar", [id, provider], () => {
        deal().barred.delete(provider);
      });
    case "bar":
      return await history.same(developer, "deals", "bar", [id, provider], () => {
        deal().barred.add(provider);
      });
    case "resign":
      return await history.same(owner, "deals", "resign", [id, node], () => {
        resign(model, deal(), node);
      });
    case "endWorker": {
      const byProvider = step.c % 2 === 0;
      return await history.same(byProvider ? owner : anyone, "deals", "endWorker", [id, node], () => {
        endWorker(model, deal(), node, byProvider);
      });
    }
    case "evict":
      return await history.same(anyone, "deals", "evict", [id, node], () => {
        evict(model, deal(), node, who(anyone));
      });
    case "release":
      return await history.same(anyone, "deals", "release", [id, node], () => {
        release(model, deal(), node);
      });
    case "settleWorker":
      return await history.same(anyone, "deals", "settleWorker", [id, node, upTo], () => [
        pay(model, deal(), node, upTo, false),
      ]);
    case "claim": {
      const payout = account.payout(provider);
      const to = network.signer(payout).address;
      return await history.same(payout, "deals", "claim", [id, node, upTo, to], () => [
        pay(model, deal(), node, upTo, true),
      ]);
    }
    case "setModule": {
      const version = { module: step.b % 9 === 0 ? "" : `module ${step.b}`, committed: step.c % 2 === 0 };
      const by = step.c % 7 === 0 ? account.developer(step.a % 2) : developer;
      const digest = version.module === "" ? ethers.ZeroHash : ethers.id(version.module);
      const args = [id, digest, version.committed ? commitment : ethers.ZeroHash];
      return await history.same(by, "modules", "setModule", args, () => [
        setModule(model, deal(), version, who(by)),
      ]);
    }
    default:
      throw new Error(`There is no step ${step.kind}.`);
  }
}
