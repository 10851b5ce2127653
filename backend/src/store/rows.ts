import type * as prisma from "./generated/client.ts";

/**
 * A row as the rest of the backend sees it: int8 columns (ids, epochs, unix seconds, blocks) are numbers, numeric(78, 0)
 * columns (smallest units of a token) are bigints.
 */
export type Plain<T> = {
  [K in keyof T]: T[K] extends bigint
    ? number
    : T[K] extends bigint | null
      ? number | null
      : T[K] extends prisma.Prisma.Decimal
        ? bigint
        : T[K];
};

/** Largest id of a provider or node that a column holds; ids are dense, so none that exists comes near. */
export const largestSmallId = 2_147_483_647;

export type ProviderRow = Plain<prisma.Provider>;
export type NodeRow = Plain<prisma.Node>;
export type OperatorKeyRow = Plain<prisma.OperatorKey>;
export type AttributeRow = Plain<prisma.Attribute>;
export type AttestationRow = Plain<prisma.Attestation>;
export type OfferRow = Plain<prisma.Offer>;
export type AttendanceRow = Plain<prisma.Attendance>;
export type AbsenceRow = Plain<prisma.Absence>;
export type ModuleVersionRow = Plain<prisma.ModuleVersion>;
export type ProposalRow = Omit<Plain<prisma.Proposal>, "calls"> & { calls: CallRow[] };
export type VoteRow = Plain<prisma.Vote>;
export type StakeRow = Plain<prisma.Stake>;
export type SlashRow = Omit<Plain<prisma.Slash>, "state"> & { state: SlashState };
export type ThawRow = Plain<prisma.Thaw>;
export type DealRow = Omit<Plain<prisma.Deal>, "terms"> & { terms: TermsRow };
export type WorkerRow = Plain<prisma.Worker>;
export type BarRow = Plain<prisma.Bar>;
export type ScalerRow = Plain<prisma.Scaler>;
export type PaymentRow = Omit<Plain<prisma.Payment>, "kind"> & { kind: PaymentKind };
export type CreditRow = Plain<prisma.Credit>;
export type EventRow = Omit<Plain<prisma.Event>, "args"> & { args: Record<string, unknown> };

export type SlashState = "escrowed" | "vetoed" | "executed";

/** What moved, by the event that moved it. */
export type PaymentKind =
  | "deposit"
  | "withdrawal"
  | "pay"
  | "fee"
  | "refund"
  | "earnings-withdrawal"
  | "refund-withdrawal"
  | "fee-collection"
  | "tip";

/** A call that a proposal makes; `value` in wei, decimal. */
export interface CallRow {
  target: string;
  value: string;
  data: string;
}

/** The Solidity struct `Terms` as JSON: every integer, enums too, as a decimal string. */
export interface TermsRow {
  paymentToken: `0x${string}`;
  moduleDigest: `0x${string}`;
  functionCommitment: `0x${string}`;
  unitsPerWorker: string;
  minWorkers: string;
  targetWorkers: string;
  maxWorkers: string;
  maxWorkersPerProvider: string;
  priceLimit: string;
  minimumAsk: string;
  priceToleranceBps: string;
  tipPerWorker: string;
  endEpoch: string;
  openToAll: boolean;
  permissionIssuer: `0x${string}`;
  constraints: {
    attribute: `0x${string}`;
    operator: string;
    value: string;
    attester: `0x${string}`;
  }[];
  listMode: string;
  providers: string[];
}

/** Turns what Prisma returns into a plain row (see {@link Plain}). */
export function plain<T extends object>(row: T): Plain<T> {
  const entries = Object.entries(row).map(([name, value]): [string, unknown] => [name, plainValue(value)]);
  return Object.fromEntries(entries) as Plain<T>;
}

function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (isDecimal(value)) return BigInt(value.toFixed(0));
  return value;
}

function isDecimal(value: unknown): value is prisma.Prisma.Decimal {
  return typeof value === "object" && value !== null && "toFixed" in value;
}
