import { epochStart } from "@millrace/sdk";
import type { Prisma } from "./generated/client.ts";
import type { Heads } from "./heads.ts";
import { plain, type EventRow } from "./rows.ts";
import { inSnapshot, page, parseCursor, type List, type Page } from "./snapshot.ts";
import type { Store } from "./store.ts";

/** The events that tell of a deal's life. */
const names = [
  "DealCreated",
  "Deposited",
  "Withdrawn",
  "EpochsDecided",
  "WorkerAssigned",
  "NodeSkipped",
  "WorkerResigned",
  "WorkerEnded",
  "WorkerSlashed",
  "WorkerReleased",
  "WorkerPaid",
  "WorkerReplaced",
  "TipHeld",
  "TipPaid",
  "ProviderBarred",
  "ProviderUnbarred",
  "ModuleChanged",
  "TargetChanged",
  "TargetScaled",
  "ScalerChanged",
  "DealEnded",
];

/** Epochs in which a worker's node was away; it goes on if `isOver` is false. */
export interface MissedEpochs {
  node: number;
  provider: number;
  fromEpoch: number;
  throughEpoch: number;
  isOver: boolean;
}

/** One thing that happened: an event, or epochs that were missed, which no event tells of. */
export interface Happening {
  /** unix seconds */
  timestamp: number;
  event: EventRow | undefined;
  missed: MissedEpochs | undefined;
  /** the last epoch that was decided before the event; undefined: not known */
  decidedThrough: number | undefined;
}

interface Place {
  timestamp: number;
  blockNumber: number;
  logIndex: number;
}

/** What happened to a deal, oldest first; undefined if the chain has none with this id. */
export async function listHistory(
  store: Store,
  { deal, limit, cursor }: Page & { deal: number },
): Promise<List<Happening> | undefined> {
  const [timestamp = -1, blockNumber = -1, logIndex = -1] =
    cursor === undefined ? [] : parseCursor(cursor, "big", "big", "small");
  const after = { timestamp, blockNumber, logIndex };
  return inSnapshot(store, async (tx, heads) => {
    const row = await tx.deal.findUnique({ where: { id: BigInt(deal) } });
    if (row === null) return undefined;
    const events = await eventsAfter(tx, deal, { after, limit: limit + 1 });
    const decided = await decidedBefore(tx, deal, after);
    const lastEpoch = row.endEpoch === null ? heads.epoch : Math.min(heads.epoch, Number(row.endEpoch));
    const until = events.length > limit ? events.at(-1) : undefined;
    const missed = (await missedBy(tx, { deal, lastEpoch, heads })).map((one) => ({
      timestamp: epochStart(store.deployment, one.fromEpoch + 1),
      event: undefined,
      missed: one,
      decidedThrough: undefined,
    }));
    const happened: Happening[] = [
      ...withDecided(events, decided),
      ...missed.filter(
        (one) => isBefore(after, placeOf(one)) && (until === undefined || isBefore(placeOf(one), until)),
      ),
    ].sort((a, b) => (isBefore(placeOf(a), placeOf(b)) ? -1 : 1));
    return page(heads, happened, limit, (one) => historyId(one));
  });
}

/** The id of something that happened; also the cursor of what comes after it. */
export function historyId(happening: Happening): string {
  const { timestamp, blockNumber, logIndex } = placeOf(happening);
  return `${timestamp}-${blockNumber}-${logIndex}`;
}

/** Missed epochs stand before the events of the block in which they could first be noticed. */
function placeOf({ timestamp, event, missed }: Happening): Place {
  if (event !== undefined) return event;
  return { timestamp, blockNumber: 0, logIndex: missed?.node ?? 0 };
}

function isBefore(a: Place, b: Place): boolean {
  return (a.timestamp - b.timestamp || a.blockNumber - b.blockNumber || a.logIndex - b.logIndex) < 0;
}

async function eventsAfter(
  tx: Prisma.TransactionClient,
  deal: number,
  { after, limit }: { after: Place; limit: number },
): Promise<EventRow[]> {
  const timestamp = BigInt(after.timestamp);
  const blockNumber = BigInt(after.blockNumber);
  const rows = await tx.event.findMany({
    where: {
      deal: BigInt(deal),
      name: { in: names },
      OR: [
        { timestamp: { gt: timestamp } },
        { timestamp, blockNumber: { gt: blockNumber } },
        { timestamp, blockNumber, logIndex: { gt: after.logIndex } },
      ],
    },
    orderBy: [{ blockNumber: "asc" }, { logIndex: "asc" }],
    take: limit,
  });
  return rows.map(plain) as EventRow[];
}

/** Through which epoch the deal was decided at a place of its history. */
async function decidedBefore(
  tx: Prisma.TransactionClient,
  deal: number,
  { timestamp, blockNumber, logIndex }: Place,
): Promise<number | undefined> {
  const row = await tx.event.findFirst({
    where: {
      deal: BigInt(deal),
      name: { in: ["DealCreated", "EpochsDecided", "WorkerAssigned"] },
      OR: [
        { timestamp: { lt: BigInt(timestamp) } },
        { timestamp: BigInt(timestamp), blockNumber: { lt: BigInt(blockNumber) } },
        { blockNumber: BigInt(blockNumber), logIndex: { lte: logIndex } },
      ],
    },
    orderBy: [{ blockNumber: "desc" }, { logIndex: "desc" }],
  });
  return row === null ? undefined : decidedBy(plain(row) as EventRow);
}

function withDecided(events: readonly EventRow[], before: number | undefined): Happening[] {
  let decidedThrough = before;
  return events.map((event) => {
    const happening = { timestamp: event.timestamp, event, missed: undefined, decidedThrough };
    decidedThrough = decidedBy(event) ?? decidedThrough;
    return happening;
  });
}

/** Epochs without a worker are decided without an event of their own. */
function decidedBy({ name, args }: EventRow): number | undefined {
  if (name === "DealCreated") return Number(args["epoch"]);
  if (name === "EpochsDecided") return Number(args["throughEpoch"]);
  return name === "WorkerAssigned" ? Number(args["firstEpoch"]) - 1 : undefined;
}

interface MissedParameters {
  readonly deal: number;
  /** The last epoch in which the deal ran. */
  readonly lastEpoch: number;
  readonly heads: Heads;
}

/** The completed epochs that the deal's workers missed while they worked for it. */
async function missedBy(
  tx: Prisma.TransactionClient,
  { deal, lastEpoch, heads }: MissedParameters,
): Promise<MissedEpochs[]> {
  const rows = await tx.event.findMany({
    where: { deal: BigInt(deal), name: { in: ["WorkerAssigned", "WorkerEnded"] } },
    orderBy: [{ blockNumber: "asc" }, { logIndex: "asc" }],
  });
  const stints: { node: number; provider: number; first: number; last: number }[] = [];
  for (const { name, args, node } of rows.map(plain) as EventRow[]) {
    if (node === null) continue;
    if (name === "WorkerAssigned")
      stints.push({
        node,
        provider: Number(args["provider"]),
        first: Number(args["firstEpoch"]),
        last: lastEpoch,
      });
    const stint = stints.findLast((one) => one.node === node);
    if (name === "WorkerEnded" && stint !== undefined)
      stint.last = Math.min(lastEpoch, Number(args["lastEpoch"]));
  }
  const nodes = { node: { in: stints.map(({ node }) => node) } };
  const over = (await tx.absence.findMany({ where: nodes })).map(plain);
  const attendance = (await tx.attendance.findMany({ where: nodes })).map(plain);
  const away = [
    ...over.map((row) => ({ ...row, isOver: true })),
    ...attendance.map(({ node, lastEpoch: last }) => ({
      ...{ node, fromEpoch: last + 1, throughEpoch: heads.epoch - 1, isOver: false },
    })),
  ];
  return stints.flatMap(({ node, provider, first, last }) =>
    away.flatMap((absence) => {
      const fromEpoch = Math.max(first, absence.fromEpoch);
      const throughEpoch = Math.min(last, absence.throughEpoch);
      if (absence.node !== node || fromEpoch > throughEpoch) return [];
      return [{ node, provider, fromEpoch, throughEpoch, isOver: absence.isOver || last < heads.epoch - 1 }];
    }),
  );
}
