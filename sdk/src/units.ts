import { formatUnits } from "viem";
import { MillraceError } from "./errors/MillraceError.ts";

/** Decimals of MILL. */
export const millDecimals = 18;

/** A token as far as amounts need it. */
export interface TokenUnits {
  symbol: string;
  decimals: number;
}

/** MILL as amounts need it. */
export const millUnits: TokenUnits = { symbol: "MILL", decimals: millDecimals };

/**
 * Reads a human amount ("12.5") into smallest units.
 * @param decimals of the token
 * @throws MillraceError `amount-invalid` if it is no plain decimal number or has more digits than the token
 */
export function parseAmount(text: string, decimals: number): bigint {
  const match = /^(\d{1,60})(?:\.(\d{1,77}))?$/.exec(text.trim());
  const fraction = match?.[2] ?? "";
  if (match?.[1] === undefined) {
    throw new MillraceError({
      code: "amount-invalid",
      shortMessage: `"${text}" is not an amount.`,
      nextStep: "Write a plain decimal number such as 12.5.",
    });
  }
  if (fraction.length > decimals) {
    throw new MillraceError({
      code: "amount-invalid",
      shortMessage: `"${text}" has ${String(fraction.length)} decimals, the token has ${String(decimals)}.`,
      nextStep: `Use at most ${String(decimals)} digits after the point.`,
    });
  }
  return BigInt(match[1] + fraction.padEnd(decimals, "0"));
}

/**
 * Writes an amount as a plain decimal number without trailing zeros ("12.5"). Reading it back gives the same amount.
 * @param value smallest units
 */
export function formatAmount(value: bigint, decimals: number): string {
  return formatUnits(value, decimals);
}

/** A time in words, "2026-11-22T17:00:00Z"; beyond the calendar of JavaScript the bare number. */
export function formatTime(unixSeconds: bigint | number): string {
  const date = new Date(Number(unixSeconds) * 1000);
  return Number.isNaN(date.getTime())
    ? `${unixSeconds.toString()} (unix seconds)`
    : date.toISOString().replace(".000Z", "Z");
}

/** "12.5 tUSD"; without a known token "12500000 smallest units". */
export function formatToken(value: bigint, token: TokenUnits | undefined): string {
  return token === undefined
    ? `${value.toString()} smallest units`
    : `${formatUnits(value, token.decimals)} ${token.symbol}`;
}
