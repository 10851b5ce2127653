import PQueue from "p-queue";
import type { Chain } from "../chain/chain.ts";
import { allow, type AllowParameters } from "./allow.ts";
import type { Permit } from "./signPermit.ts";

const turns = new WeakMap<Chain, PQueue>();

/**
 * Lets a contract take an amount and has it taken, one after the other for each connection: a permit and an allowance
 * count once, so two that were made at the same time would leave the second payment without one.
 *
 * @param spend sends what takes the amount, with the permit if there is one
 * @throws MillraceError as {@link allow} and whatever `spend` throws
 */
export async function withAllowance<Result>(
  chain: Chain,
  parameters: AllowParameters,
  spend: (permit: Permit | undefined) => Promise<Result>,
): Promise<Result> {
  const queue = turns.get(chain) ?? new PQueue({ concurrency: 1 });
  turns.set(chain, queue);
  return queue.add(async () => spend(await allow(chain, parameters)));
}
