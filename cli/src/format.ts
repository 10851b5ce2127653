import { epochStart, formatToken, millUnits, type Deployment, type PaymentToken } from "@millrace/sdk";
import { isAddress, isAddressEqual } from "viem";
import { failure } from "./errors.ts";

/** The chain's own coin as a token. */
export const ether = { symbol: "ETH", decimals: 18 } as const;

/** "12.5 MILL". */
export function formatMill(value: bigint): string {
  return formatToken(value, millUnits);
}

/** "0.1 ETH". */
export function formatEther(value: bigint): string {
  return formatToken(value, ether);
}

/** "1,234,567": a number of units of fuel, or of anything else that is counted. */
export function formatCount(value: bigint | number): string {
  return value.toString().replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** A moment in this machine's time zone, for example "2026-11-22 17:45:10 CET". */
export function formatTime(unixSeconds: number): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    ...({ year: "numeric", month: "2-digit", day: "2-digit" } as const),
    ...({ hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" } as const),
  }).formatToParts(new Date(unixSeconds * 1000));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  return `${day} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
}

/** "3 days 4 h", "17 min", "20 s": the two largest parts. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const rest = whole % 60;
  const parts = [
    days > 0 ? `${days} ${days === 1 ? "day" : "days"}` : "",
    hours > 0 ? `${hours} h` : "",
    minutes > 0 ? `${minutes} min` : "",
    rest > 0 ? `${rest} s` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "0 s" : parts.slice(0, 2).join(" ");
}

/** The last moment of an epoch, in unix seconds; undefined beyond what the contracts count. */
export function endOfEpoch(deployment: Deployment, epoch: bigint | number): number | undefined {
  return epoch > 0xffff_ffff ? undefined : epochStart(deployment, Number(epoch) + 1);
}

/** "epoch 812, 2026-11-22 17:45:10 CET (in 16 min 40 s)". */
export function formatFundedThrough(
  deployment: Deployment,
  epoch: bigint | number,
  nowMs = Date.now(),
): string {
  const end = endOfEpoch(deployment, epoch);
  if (end === undefined) return "for ever: nothing is being charged";
  const left = end - nowMs / 1000;
  const distance = left > 0 ? `in ${formatDuration(left)}` : `${formatDuration(-left)} ago`;
  return `the end of epoch ${epoch}, ${formatTime(end)} (${distance})`;
}

/** "1 worker", "3 workers". */
export function plural(count: number | bigint, noun: string): string {
  return `${count} ${noun}${BigInt(count) === 1n ? "" : "s"}`;
}

/** "1,234 bytes", "34.5 kB", "1.2 MB". */
export function formatSize(sizeBytes: number): string {
  if (sizeBytes < 1_000) return `${sizeBytes} bytes`;
  const [value, unit] = sizeBytes < 1_000_000 ? [sizeBytes / 1_000, "kB"] : [sizeBytes / 1_000_000, "MB"];
  return `${value.toFixed(1)} ${unit}`;
}

/**
 * The payment token that a person named by symbol or address; the deployment's first without a name.
 * @throws MillraceError `token-unknown`
 */
export function choosePaymentToken(deployment: Deployment, chosen: string | undefined): PaymentToken {
  const { paymentTokens } = deployment;
  const found =
    chosen === undefined
      ? paymentTokens[0]
      : paymentTokens.find(({ symbol, address }) =>
          isAddress(chosen) ? isAddressEqual(address, chosen) : symbol.toLowerCase() === chosen.toLowerCase(),
        );
  if (found !== undefined) return found;
  throw failure("token-unknown", `${chosen ?? "A payment token"} is not listed on ${deployment.network}.`, {
    nextStep: "Choose a listed one, by its symbol or address.",
    details: `Listed: ${paymentTokens.map(({ symbol, address }) => `${symbol} (${address})`).join(", ")}.`,
  });
}
