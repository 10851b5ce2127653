import { loadsSchema } from "../gateway/loads.ts";
import Value from "typebox/value";

/** Calls under way and waiting by deal. */
export type Loads = ReadonlyMap<number, number>;

/** What the gateways count together. */
export interface GatewayLoads {
  readonly loads: Loads;
  /** URLs of gateways that did not say */
  readonly silent: readonly string[];
}

const patienceMs = 2_000;

/**
 * Makes what asks all gateways.
 * @param own the gateway in this process
 * @param urls of the others
 */
export function createLoadReader(
  own: (() => Loads) | undefined,
  urls: readonly string[],
): () => Promise<GatewayLoads> {
  return async () => {
    const answers = await Promise.allSettled(urls.map(askGateway));
    const all = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    if (own !== undefined) all.push(own());
    const loads = new Map<number, number>();
    for (const part of all) for (const [deal, calls] of part) loads.set(deal, (loads.get(deal) ?? 0) + calls);
    return { loads, silent: urls.filter((_, index) => answers[index]?.status === "rejected") };
  };
}

async function askGateway(url: string): Promise<Loads> {
  const response = await fetch(`${url}/loads`, { signal: AbortSignal.timeout(patienceMs) });
  const said: unknown = await response.json();
  if (!response.ok || !Value.Check(loadsSchema, said)) throw new Error(`${url} is no gateway of Millrace`);
  return new Map(said.deals.map(({ deal, calls }) => [deal, calls]));
}
