/** Which nodes a deal takes, by the rules of docs/protocol.md. */
import { type Model, require } from "./model.ts";
import type { Deal, GradeConstraint, Node, Worker } from "./types.ts";

/** Names of the refusals, in the order of the candidates; "None" where the node was taken. */
export function match(
  model: Model,
  deal: Deal,
  candidates: { node: number; maxAsk: bigint }[],
  matcher: string,
): string[] {
  model.requireNextEpoch(deal);
  require(model.open(deal).length < deal.target, "DealsTargetReached");
  const refusals = candidates.map(({ node, maxAsk }) => {
    const refusal = refusalOf(model, deal, node, maxAsk);
    if (refusal === "None") {
      const challengeEnd = model.epoch + model.rules.challengeWindow;
      const tip = { matcher, amount: deal.terms.tip, challenger: undefined, share: 0n };
      assign(model, deal, node, { matchEpoch: model.epoch, challengeEnd, tip });
    }
    return refusal;
  });
  require(refusals.includes("None"), "DealsNothingMatched");
  require(model.open(deal).length >= deal.terms.min, "DealsBelowMinimumWorkers");
  const tips = BigInt(refusals.filter((refusal) => refusal === "None").length) * deal.terms.tip;
  require(deal.balance >= model.reserve(deal) + tips, "DealsBalanceTooSmall");
  deal.balance -= tips;
  return refusals;
}

/** Why a deal does not take a node; "None" if it does. */
export function refusalOf(model: Model, deal: Deal, id: number, maxAsk: bigint): string {
  const node = model.nodes[id - 1];
  if (node === undefined) return "NodeUnknown";
  const provider = model.provider(node.provider);
  const { units, limit, minimumAsk, perProvider } = deal.terms;
  if (!node.on) return "OfferOff";
  if (node.ask > maxAsk) return "AboveListedAsk";
  if (node.ask > limit) return "AbovePriceLimit";
  if (node.ask < minimumAsk) return "BelowMinimumAsk";
  if (node.units - node.inUse < units) return "UnitsShort";
  if (provider.free < model.rules.stakePerUnit * BigInt(units)) return "StakeShort";
  if (!meets(model, node, deal.terms.grade)) return "ConstraintUnmet";
  const ofProvider = model.open(deal).filter((worker) => worker.provider === node.provider).length;
  if (ofProvider >= perProvider) return "ProviderLimit";
  if (deal.barred.has(node.provider)) return "ProviderBarred";
  if (deal.workers.some((worker) => worker.node === id && !worker.released)) return "AlreadyWorking";
  if (!node.attended.has(model.epoch) && !node.attended.has(model.epoch - 1)) return "NotAttending";
  return model.open(deal).length >= deal.target ? "TargetReached" : "None";
}

function meets(
  model: Model,
  { grade, attested, revision }: Node,
  wanted: GradeConstraint | undefined,
): boolean {
  if (wanted === undefined) return true;
  const holds = attested !== undefined && attested.revision === revision && model.epoch < attested.untilEpoch;
  const actual = wanted.isAttested ? (holds ? attested.grade : 0n) : grade;
  if (actual === 0n) return false;
  if (wanted.operator === "=") return actual === wanted.value;
  if (wanted.operator === "!=") return actual !== wanted.value;
  return wanted.operator === ">=" ? actual >= wanted.value : actual <= wanted.value;
}

/** From the next epoch on, at the node's ask now. */
export function assign(
  model: Model,
  deal: Deal,
  id: number,
  match: Pick<Worker, "matchEpoch" | "challengeEnd" | "tip">,
): void {
  const node = model.node(id);
  const provider = model.provider(node.provider);
  const lock = model.rules.stakePerUnit * BigInt(deal.terms.units);
  deal.workers.push({
    ...{ node: id, provider: node.provider, price: node.ask, first: model.epoch + 1, last: undefined },
    ...{ settled: model.epoch, lock, slashedBps: 0, notice: undefined, released: false, ...match },
  });
  node.inUse += deal.terms.units;
  provider.free -= lock;
  provider.locked += lock;
}
