import { epochAt } from "@millrace/sdk";
import type { EventArgs } from "../../chain/events.ts";
import { payoutAt } from "../../store/providers.ts";
import { change, create, printable, rowAt, type Reducers } from "./reducer.ts";

type RegistryEvent =
  | "RegistryBound"
  | "ProviderRegistered"
  | "PayoutChangeRequested"
  | "PayoutChangeCancelled"
  | "NodeAdded"
  | "NodeChanged"
  | "NodeEndpointSet"
  | "NodeRetired"
  | "OperatorRotated"
  | "OfferSet"
  | "NodeAttended";

/** docs/protocol.md, "Registry" and "Attendance". */
export const registryReducers: Reducers<RegistryEvent> = {
  RegistryBound: null,

  ProviderRegistered: async ({ rows }, { args, blockNumber }) => {
    const id = args.provider;
    await create(
      rows,
      "provider",
      { id },
      {
        id,
        owner: args.owner,
        payout: args.payout,
        pendingPayout: null,
        payoutChangesAt: null,
        metadataDigest: args.metadataDigest,
        registeredAtBlock: blockNumber,
      },
    );
    await create(
      rows,
      "stake",
      { provider: id },
      { provider: id, free: 0n, locked: 0n, thawing: 0n, slashed: 0n },
    );
  },

  PayoutChangeRequested: async ({ rows }, { args, timestamp }) => {
    await change(rows, "provider", { id: args.provider }, (row) => ({
      ...payoutAt(row, timestamp),
      pendingPayout: args.payout,
      payoutChangesAt: Number(args.changesAt),
    }));
  },

  PayoutChangeCancelled: async ({ rows }, { args }) => {
    await change(rows, "provider", { id: args.provider }, () => ({
      pendingPayout: null,
      payoutChangesAt: null,
    }));
  },

  NodeAdded: async ({ rows, deployment }, { args, blockNumber, timestamp }) => {
    const { node: id, provider, operator, units, peerId, endpoint } = args;
    await create(
      rows,
      "node",
      { id },
      {
        id,
        provider,
        units,
        unitsInUse: 0,
        retired: false,
        ...attributes(args.attributes),
        peerId: printable(peerId),
        endpoint: printable(endpoint),
        addedAtBlock: blockNumber,
      },
    );
    const fromEpoch = epochAt(deployment, timestamp);
    await create(rows, "operatorKey", { operator }, { operator, node: id, fromEpoch, untilEpoch: null });
  },

  NodeChanged: async ({ rows }, { args }) => {
    const { units } = args;
    await change(rows, "node", { id: args.node }, () => ({ units, ...attributes(args.attributes) }));
  },

  NodeEndpointSet: async ({ rows }, { args }) => {
    await change(rows, "node", { id: args.node }, () => ({
      peerId: printable(args.peerId),
      endpoint: printable(args.endpoint),
    }));
  },

  NodeRetired: async ({ rows }, { args }) => {
    await change(rows, "node", { id: args.node }, () => ({ retired: true }));
  },

  OperatorRotated: async ({ rows }, { args }) => {
    const { node, previous, operator, fromEpoch } = args;
    await change(rows, "operatorKey", { operator: previous }, () => ({ untilEpoch: fromEpoch }));
    await create(rows, "operatorKey", { operator }, { operator, node, fromEpoch, untilEpoch: null });
  },

  OfferSet: async ({ rows }, { args, blockNumber }) => {
    const { node, token, askPerUnitEpoch, on } = args;
    const { provider } = await rowAt(rows, "node", { id: node });
    const row = { node, token, provider, askPerUnitEpoch, on, changedAtBlock: blockNumber };
    await create(rows, "offer", { node, token }, row);
  },

  NodeAttended: async ({ rows }, { args: { node, epoch }, blockNumber }) => {
    const row = await rows.get("attendance", { node });
    if (row !== undefined && epoch > row.lastEpoch + 1) {
      const absence = { node, fromEpoch: row.lastEpoch + 1 };
      const rest = { throughEpoch: epoch - 1, endedAtBlock: blockNumber };
      await create(rows, "absence", absence, { ...absence, ...rest });
    }
    rows.put("attendance", { node, lastEpoch: epoch, epochs: (row?.epochs ?? 0) + 1 });
  },
};

/** Leaves the struct's type behind: the ABI's names are the columns' names. */
function attributes(struct: EventArgs<"NodeAdded">["attributes"]): EventArgs<"NodeAdded">["attributes"] {
  const { regionGroup, country, hardwareClass, cores, memoryGiB, bandwidthMbps } = struct;
  return { regionGroup, country, hardwareClass, cores, memoryGiB, bandwidthMbps };
}
