import { cidToDigest, listModes, parseAmount, type PaymentToken, type Terms } from "@millrace/sdk";
import { zeroAddress, zeroHash, type Address } from "viem";
import { flag, many, option, optionOr } from "../command.ts";
import { failure, UsageError } from "../errors.ts";
import { address, amount, integer, percent, text } from "../parse.ts";
import { buildConstraints, knownRegions, place, wanted, type ConstraintValues } from "./constraints.ts";

const uint72Max = 2n ** 72n - 1n;
const uint80Max = 2n ** 80n - 1n;
const mostWorkers = 32;

/** The options that describe what a deal wants; the same for quotes and deployments. */
export const termOptions = {
  units: optionOr("--units <n>", "compute units per worker (1 core, 2 GiB each)", integer(1, 256), 1),
  workers: optionOr("--workers <n>", "workers wanted", integer(1, mostWorkers), 2),
  minWorkers: optionOr("--min-workers <n>", "fewest workers to start with", integer(1, mostWorkers), 1),
  maxWorkers: optionOr(
    "--max-workers <n>",
    "most workers it may be scaled to later",
    integer(1, mostWorkers),
    mostWorkers,
  ),
  perProvider: optionOr("--per-provider <n>", "most workers of one provider", integer(1, mostWorkers), 1),
  limit: option(
    "--limit <price>",
    "most to pay per unit and epoch",
    amount,
    "1.5 times what enough nodes ask now",
  ),
  tip: option("--tip <amount>", "for whoever finds a worker, each", amount, "none"),
  tolerance: optionOr(
    "--tolerance <percent>",
    "how much dearer than the cheapest a worker may be for the sake of variety",
    percent,
    0,
  ),
  token: option("--token <symbol|address>", "payment token", text, "the network's first"),
  deposit: option("--deposit <amount>", "money to put in", amount),
  epochs: option("--epochs <n>", "instead of --deposit: epochs to pay for", integer(1, 1_000_000), "100"),
  region: many(
    "--region <name>",
    `only nodes there, may be given several times: ${knownRegions.join(", ")}; or one country, such as DE`,
    place,
  ),
  minMemory: option("--min-memory <GiB>", "least memory of a node", integer(1, 65_535)),
  minCores: option("--min-cores <n>", "least cores of a node", integer(1, 65_535)),
  require: many(
    "--require <constraint>",
    'what a node must be, may be given several times: "gpus>=2", with >=, <=, = or !=; "gpus>=2@0x…" names who has to attest it',
    wanted,
  ),
  attestedBy: option(
    "--attested-by <address>",
    "whose attestations count for --region, --min-memory, --min-cores and --require",
    address,
    "what the node's owner says",
  ),
  open: flag("--open", "anyone may call the function (the default)"),
  private: flag(
    "--private",
    "only you, and callers with a permission that you or --permission-issuer signed",
  ),
  permissionIssuer: option(
    "--permission-issuer <address>",
    "another key that may sign call permissions",
    address,
  ),
  endEpoch: option("--end-epoch <n>", "last epoch of the deal", integer(1, 0xffff_ffff), "open"),
} as const;

/** The values of {@link termOptions}. */
export interface TermValues extends ConstraintValues {
  readonly units: number;
  readonly workers: number;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly perProvider: number;
  readonly limit: string | undefined;
  readonly tip: string | undefined;
  /** Basis points. */
  readonly tolerance: number;
  readonly token: string | undefined;
  readonly deposit: string | undefined;
  readonly epochs: number | undefined;
  readonly open: boolean;
  readonly private: boolean;
  readonly permissionIssuer: Address | undefined;
  readonly endEpoch: number | undefined;
}

/** What terms are made of besides the options. */
export interface TermInputs {
  readonly token: PaymentToken;
  readonly cid: string;
  /** Smallest units per unit and epoch. */
  readonly priceLimit: bigint;
}

/**
 * The terms that the options describe.
 * @throws UsageError for options that contradict each other
 */
export function buildTerms(values: TermValues, { token, cid, priceLimit }: TermInputs): Terms {
  if (values.open && values.private) throw new UsageError("Give --open or --private, not both.");
  if (values.open && values.permissionIssuer !== undefined)
    throw new UsageError("--permission-issuer is for --private deals: an open deal needs no permission.");
  if (values.minWorkers > values.workers)
    throw new UsageError(`--min-workers (${values.minWorkers}) is more than --workers (${values.workers}).`);
  return {
    paymentToken: token.address,
    moduleDigest: cidToDigest(cid),
    functionCommitment: zeroHash,
    unitsPerWorker: values.units,
    minWorkers: values.minWorkers,
    targetWorkers: values.workers,
    maxWorkers: Math.max(values.maxWorkers, values.workers),
    maxWorkersPerProvider: values.perProvider,
    priceLimit,
    minimumAsk: 0n,
    priceToleranceBps: values.tolerance,
    tipPerWorker: values.tip === undefined ? 0n : parseTip(values.tip, token),
    endEpoch: values.endEpoch ?? 0,
    openToAll: !values.private && values.permissionIssuer === undefined,
    permissionIssuer: values.permissionIssuer ?? zeroAddress,
    constraints: buildConstraints(values),
    listMode: listModes.indexOf("none"),
    providers: [],
  };
}

/**
 * A price as typed, in smallest units.
 * @throws MillraceError `amount-invalid`, `price-too-high`
 */
export function parsePrice(typed: string, token: PaymentToken): bigint {
  const price = parseAmount(typed, token.decimals);
  if (price <= uint72Max) return price;
  throw failure("price-too-high", `${typed} ${token.symbol} is more than the contracts can count.`, {
    nextStep: "Give a lower --limit.",
  });
}

function parseTip(typed: string, token: PaymentToken): bigint {
  const tip = parseAmount(typed, token.decimals);
  if (tip <= uint80Max) return tip;
  throw failure("tip-too-high", `${typed} ${token.symbol} is more than the contracts can count.`, {
    nextStep: "Give a lower --tip.",
  });
}
