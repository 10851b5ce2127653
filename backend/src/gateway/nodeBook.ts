import { Type } from "typebox";
import Value from "typebox/value";
import { chooseOfTwo } from "./balance.ts";
import { openNodeLink, type NodeLimits, type NodeLink, type WorkerAddress } from "./nodeLink.ts";

/** The nodes that were called lately. */
export interface NodeBook {
  /** The links to workers; those with endpoints that cannot be called are left out. */
  links: (workers: readonly WorkerAddress[]) => NodeLink[];
  /** The link to call next: of those that are ready and not resting, if there are any, the better of two. */
  choose: (links: readonly NodeLink[], deal: bigint) => NodeLink | undefined;
  /** The name of a deal's function, asked of its nodes if none has said it yet; undefined if none knows. */
  functionName: (links: readonly NodeLink[], deal: bigint) => Promise<string | undefined>;
  close: () => Promise<void>;
}

export interface NodeBookParameters extends NodeLimits {
  /** how often nodes in use are asked how they do, in milliseconds */
  pollMs: number;
}

/** Longest time that what a node said counts. */
const statusFreshMs = 5_000;
const statusPatienceMs = 2_000;
const statusMaxBytes = 4 * 2 ** 20;
/** A node that nobody calls is not asked any more, and later forgotten. */
const watchedMs = 60_000;
const forgottenMs = 10 * 60_000;
const longestRestMs = 10_000;
const firstRestMs = 250;

const statusSchema = Type.Object({
  draining: Type.Boolean(),
  deals: Type.Array(
    Type.Object({ deal: Type.String(), state: Type.String(), name: Type.Optional(Type.String()) }),
  ),
});

/** Makes an empty book and begins to ask nodes in use how they do. */
export function createNodeBook(parameters: NodeBookParameters): NodeBook {
  const known = new Map<number, NodeLink>();

  function linkTo(worker: WorkerAddress): NodeLink | undefined {
    const link = known.get(worker.node);
    if (link?.endpoint === worker.endpoint) return link;
    link?.pool.close().catch(() => undefined); // lets running calls end
    const opened = openNodeLink(worker, parameters);
    if (opened === undefined) known.delete(worker.node);
    else known.set(worker.node, opened);
    return opened;
  }

  function tend(): void {
    const now = performance.now();
    for (const [node, link] of known) {
      if (now - link.usedAtMs < watchedMs) void readStatus(link);
      else if (now - link.usedAtMs > forgottenMs && link.inFlight === 0) {
        known.delete(node);
        link.pool.close().catch(() => undefined);
      }
    }
  }
  const timer = setInterval(tend, parameters.pollMs);

  return {
    links: (workers) => workers.flatMap((worker) => linkTo(worker) ?? []),
    choose: chooseLink,
    async functionName(links, deal) {
      const said = nameAmong(links, deal);
      if (said !== undefined) return said;
      await Promise.all(links.map(readStatus));
      return nameAmong(links, deal);
    },
    async close() {
      clearInterval(timer);
      await Promise.all([...known.values()].map(({ pool }) => pool.destroy()));
    },
  };
}

function chooseLink(links: readonly NodeLink[], deal: bigint): NodeLink | undefined {
  const now = performance.now();
  const able = links.filter((link) => isAble(link, deal, now));
  // Nobody is sure to be able: the one whose rest ends first.
  if (able.length === 0) return [...links].sort((a, b) => restOf(a, deal) - restOf(b, deal))[0];
  return chooseOfTwo(able, (link) => (link.record(deal).latency.estimate(now) + 1) * (link.inFlight + 1));
}

function restOf(link: NodeLink, deal: bigint): number {
  return Math.max(link.restUntilMs, link.record(deal).restUntilMs);
}

function isAble(link: NodeLink, deal: bigint, now: number): boolean {
  if (restOf(link, deal) > now) return false;
  const { status } = link;
  if (status === undefined || now - status.readAtMs > statusFreshMs) return true;
  return !status.draining && status.deals.get(deal.toString())?.isReady === true;
}

function nameAmong(links: readonly NodeLink[], deal: bigint): string | undefined {
  for (const { status } of links) {
    const name = status?.deals.get(deal.toString())?.name;
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Leaves a node alone for a while, longer with each failure in a row. */
export function restAfterFailure(link: NodeLink): void {
  link.failures += 1;
  const restMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(link.failures, 10));
  link.restUntilMs = performance.now() + restMs;
}

/** What a node says of itself; silence leaves what it said before, which soon counts no more. */
async function readStatus(link: NodeLink): Promise<void> {
  try {
    const { statusCode, body } = await link.pool.request({
      method: "GET",
      path: `${link.basePath}/v1/status`,
      signal: AbortSignal.timeout(statusPatienceMs),
    });
    let bytes = 0;
    const chunks: Buffer[] = [];
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > statusMaxBytes) return;
      chunks.push(chunk);
    }
    const said: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (statusCode !== 200 || !Value.Check(statusSchema, said)) return;
    const deals = new Map(
      said.deals.map(({ deal, state, name }) => [deal, { isReady: state === "ready", name }]),
    );
    link.status = { draining: said.draining, deals, readAtMs: performance.now() };
    // It is there again, so it need not rest to the end.
    if (!said.draining && link.failures > 0) {
      link.failures = 0;
      link.restUntilMs = 0;
    }
  } catch {
    // Calls find out by themselves.
  }
}
