import { parseEventLogs, type TransactionReceipt } from "viem";
import { attendanceRefusals, nameAt, type AttendanceRefusalName } from "../api/schemas/names.ts";
import type { Chain } from "../chain/chain.ts";
import { send } from "../chain/send.ts";
import { registryAbi } from "../generated/registryAbi.ts";
import type { Attendance } from "./signAttendance.ts";

export interface AttendAllParameters {
  /** the present one, which the operators signed */
  epoch: number;
  items: readonly Attendance[];
}

export interface AttendAllReturn {
  /** nodes that attend by this call */
  attended: number[];
  /** items passed over, and why */
  skipped: { node: number; refusal: AttendanceRefusalName }[];
  receipts: TransactionReceipt[];
}

/** Items of one transaction: at most 18,000 gas each, so a tenth of a block on most chains. */
const perTransaction = 100;

/** The contract ends early with less than this for one more item (ITEM_GAS), so this much and some more must be left. */
const gasOfItem = 20_000n;
const gasBeside = 150_000n;

/**
 * Marks the epoch for many nodes whose operators signed, whoever calls; an item that fails stops nothing. What the
 * contract did not look at for want of gas is sent again.
 * @throws MillraceError `registry-epoch-not-present` and as {@link send}
 */
export async function attendAll(
  chain: Chain,
  { epoch, items }: AttendAllParameters,
): Promise<AttendAllReturn> {
  const result: AttendAllReturn = { attended: [], skipped: [], receipts: [] };
  for (let rest = items; rest.length > 0;) {
    const batch = rest.slice(0, perTransaction);
    const { receipt } = await send(chain, {
      address: chain.deployment.contracts.registry,
      abi: registryAbi,
      functionName: "attendAll",
      args: [epoch, batch],
      // An estimate would find the least gas with which the call succeeds: it then looks at nothing.
      gas: gasBeside + gasOfItem * BigInt(batch.length),
    });
    const logs = parseEventLogs({ abi: registryAbi, logs: receipt.logs });
    let looked = 0;
    for (const { eventName, args } of logs) {
      if (eventName === "NodeAttended") result.attended.push(args.node);
      else if (eventName === "AttendanceSkipped")
        result.skipped.push({ node: args.node, refusal: nameAt(attendanceRefusals, args.refusal) });
      else continue;
      looked += 1;
    }
    result.receipts.push(receipt);
    if (looked === 0) break;
    rest = rest.slice(looked);
  }
  return result;
}
