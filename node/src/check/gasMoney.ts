import type { Chain } from "@millrace/sdk";
import { type Address, formatEther, formatGwei } from "viem";
import { describeShortage, neededWei } from "../attendance/gasTank.ts";
import { type Finding, fine } from "./finding.ts";

const check = "gas-money";
/** What one attendance uses, measured (snapshots/), with a tenth to spare. */
const attendGas = 40_000n;
const weekSeconds = 604_800;
/** Six decimals are shown. */
const shownWei = 10n ** 12n;

interface GasNeed {
  operator: Address;
  balanceWei: bigint;
  /** what the account must hold for one attendance to be accepted now */
  onceWei: bigint;
  gasPriceWei: bigint;
  epochDurationSeconds: number;
  /** base URL of the node that pays for this one's attendance; undefined if it pays itself */
  relayUrl: string | undefined;
}

/**
 * Says if the operator's money lasts for a week of attending at the present gas price. A node whose attendance another one
 * pays needs none as a rule, and is told when it has too little to step in for that one.
 */
export function judgeGasMoney(need: GasNeed): Finding {
  const { operator, balanceWei, onceWei, gasPriceWei, epochDurationSeconds, relayUrl } = need;
  if (relayUrl !== undefined) return judgeReserve({ ...need, relayUrl });
  if (balanceWei < onceWei)
    return {
      check,
      level: "error",
      text: describeShortage(operator, balanceWei, onceWei),
      nextStep: `Send it to ${operator}`,
    };
  const epochs = BigInt(Math.ceil(weekSeconds / epochDurationSeconds));
  const weekWei = epochs * attendGas * gasPriceWei;
  const held = coins(balanceWei, 0n);
  if (balanceWei >= weekWei)
    return fine(check, `The operator holds ${held} for gas, enough for a week of attending.`);
  return {
    check,
    level: "warning",
    text: `The operator holds ${held} for gas; a week of attending (${epochs} epochs at ${formatGwei(gasPriceWei)} gwei) needs ${coins(weekWei, 1n)}: ${coins(weekWei - balanceWei, 1n)} more are needed.`,
    nextStep: `Send it to ${operator}`,
  };
}

/** Where another node pays, what is held is for the epochs in which that one does not answer. */
function judgeReserve({ operator, balanceWei, onceWei, relayUrl }: GasNeed & { relayUrl: string }): Finding {
  const held = coins(balanceWei, 0n);
  if (balanceWei >= onceWei)
    return fine(
      check,
      `${relayUrl} pays for attending; the operator holds ${held} for gas should that fail.`,
    );
  return {
    check,
    level: "warning",
    text: `${relayUrl} pays for attending; should that fail the node can't attend by itself: the operator holds ${held} for gas, and an attendance needs ${coins(onceWei, 1n)}.`,
    nextStep: `Send some to ${operator}`,
  };
}

/** An amount with six decimals. @param up 1n rounds up, so that what is asked for suffices */
function coins(wei: bigint, up: 0n | 1n): string {
  return formatEther(((wei + up * (shownWei - 1n)) / shownWei) * shownWei);
}

/** Reads what {@link judgeGasMoney} needs. @throws what viem throws */
export async function checkGasMoney(
  chain: Chain,
  { operator, relayUrl }: Pick<GasNeed, "operator" | "relayUrl">,
): Promise<Finding> {
  const [balanceWei, onceWei, gasPriceWei] = await Promise.all([
    chain.publicClient.getBalance({ address: operator }),
    neededWei(chain),
    chain.publicClient.getGasPrice(),
  ]);
  const { epochDuration } = chain.deployment;
  return judgeGasMoney({
    ...{ operator, relayUrl, balanceWei, onceWei, gasPriceWei },
    epochDurationSeconds: epochDuration,
  });
}
