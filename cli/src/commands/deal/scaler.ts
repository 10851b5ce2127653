import {
  findPaymentToken,
  formatToken,
  parseAmount,
  readDeal,
  readScaler,
  setScaler,
  type Chain,
  type DealState,
  type Scaler,
} from "@millrace/sdk";
import type { Address } from "viem";
import { argument, defineCommand, option, optionalArgument, type CommandResult } from "../../command.ts";
import type { Context } from "../../context.ts";
import { readOwner } from "../../deal/owner.ts";
import { requireToken } from "../../deal/token.ts";
import { UsageError } from "../../errors.ts";
import { plural } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { amount, dealId, integer, oneOf, text } from "../../parse.ts";

const actions = ["show", "set", "remove"] as const;

export const dealScaler = defineCommand({
  name: "deal scaler",
  summary:
    "Let another key change how many workers a deal has, within a cap; show it, or take the right away",
  details:
    "A scaler can raise and lower the number of workers between the deal's bounds, once an epoch, and nothing else: it " +
    "can't withdraw, stop, or exchange workers. It raises only as far as the deal can't cost more than the cap in an " +
    "epoch, with all workers at the deal's limit and a tip for each. A gateway that holds the key scales the deal with " +
    "its load; its operator tells you the key's address.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    action: optionalArgument("action", "show, set or remove", oneOf(actions), "show"),
  },
  options: {
    key: option("--key <wallet|address>", "set: who may change the number of workers", text),
    cap: option("--cap <amount>", "set: most that the deal may cost in an epoch, in token units", amount),
    workers: option("--workers <n>", "set: instead of --cap, what so many workers can cost", integer(1, 32)),
  },
  examples: [
    "millrace deal scaler 1",
    "millrace deal scaler 1 set --key 0x… --workers 4",
    "millrace deal scaler 1 set --key 0x… --cap 0.05",
    "millrace deal scaler 1 remove",
  ],
  handler: async (context, { args: { deal: id, action = "show" }, options }) => {
    const isGiven = Object.values(options).some((value) => value !== undefined);
    if (action !== "set" && isGiven) throw new UsageError("--key, --cap and --workers belong to set.");
    if (action === "show") {
      const chain = await context.chain();
      return show(context, chain, await readDeal(chain, id));
    }
    if (action === "set" && (options.key === undefined || (options.cap ?? options.workers) === undefined))
      throw new UsageError("Give --key with the scaler's address, and --cap or --workers.");
    if (options.cap !== undefined && options.workers !== undefined)
      throw new UsageError("Give --cap or --workers, not both.");
    const chain = await context.signer();
    const deal = await readDeal(chain, id);
    const scaler =
      options.key === undefined
        ? undefined
        : { key: await readOwner(context, options.key), capPerEpoch: capOf(chain, deal, options) };
    context.interruption.next = `Whether it was changed shows: millrace deal scaler ${id}`;
    await setScaler(chain, { deal: id, scaler });
    return show(context, chain, deal);
  },
});

function capOf(
  chain: Chain,
  { terms }: DealState,
  { cap, workers }: { cap: string | undefined; workers: number | undefined },
): bigint {
  if (cap !== undefined) return parseAmount(cap, requireToken(chain.deployment, terms.paymentToken).decimals);
  return mostPerWorker(terms) * BigInt(workers ?? 0);
}

/** What the contract counts for each wanted worker. */
function mostPerWorker({ priceLimit, unitsPerWorker, tipPerWorker }: DealState["terms"]): bigint {
  return priceLimit * BigInt(unitsPerWorker) + tipPerWorker;
}

async function show(context: Context, chain: Chain, { id, owner, terms }: DealState): Promise<CommandResult> {
  const scaler = await readScaler(chain, id);
  return {
    data: {
      deal: id,
      owner,
      scaler: scaler ?? null,
      workersWithinCap: scaler === undefined ? null : withinCap(scaler, terms),
    },
    text:
      scaler === undefined
        ? `Only its owner ${owner} changes how many workers deal ${id} has.`
        : formatFields(fieldsOf(chain, scaler, terms), context.paint),
  };
}

function fieldsOf(
  { deployment }: Chain,
  scaler: Scaler,
  terms: DealState["terms"],
): (readonly [string, string | undefined])[] {
  const token = findPaymentToken(deployment, terms.paymentToken);
  const workers = withinCap(scaler, terms);
  const key: Address = scaler.key;
  return [
    ["scaler", key],
    ["cap", `${formatToken(scaler.capPerEpoch, token)} an epoch`],
    [
      "raises to",
      workers < terms.minWorkers
        ? "no number: it may only lower"
        : `${plural(workers, "worker")} at most; the deal's bounds are ${terms.minWorkers} and ${terms.maxWorkers}`,
    ],
    ["changes", scaler.nextEpoch === 0 ? "none so far" : `again from epoch ${scaler.nextEpoch} on`],
  ];
}

/** How many workers the cap allows; none beyond the deal's own bound. */
function withinCap({ capPerEpoch }: Scaler, terms: DealState["terms"]): number {
  const allowed = capPerEpoch / mostPerWorker(terms);
  return allowed > BigInt(terms.maxWorkers) ? terms.maxWorkers : Number(allowed);
}
