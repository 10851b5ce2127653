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
  | "NodeAttended"
  | "AttendanceSkipped"
  | "AttributesSet"
  | "Attested"
  | "AttestationRevoked";

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
      { provider: id, free: 0n, locked: 0n, thawing: 0n, escrowed: 0n, slashed: 0n },
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
        revision: 1,
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
    await change(rows, "node", { id: args.node }, ({ revision }) => ({
      units,
      ...attributes(args.attributes),
      revision: revision + 1,
    }));
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
  AttendanceSkipped: null,

  AttributesSet: async ({ rows }, { args: { node, attributes: names, values } }) => {
    await change(rows, "node", { id: node }, ({ revision }) => ({ revision: revision + 1 }));
    for (const [index, attribute] of names.entries()) {
      const value = values[index] ?? 0n;
      const row = await rows.get("attribute", { node, attribute });
      if (value !== 0n) rows.put("attribute", { node, attribute, value });
      else if (row !== undefined) rows.remove("attribute", { node, attribute });
    }
  },

  Attested: async ({ rows }, { args, blockNumber }) => {
    const { node, attribute, attester, value, revision } = args;
    const key = { node, attribute, attester };
    // Whoever means "for ever" may name a second that no number here can hold.
    const expiresAt = Number(args.expiresAt < latestSecond ? args.expiresAt : latestSecond);
    await create(rows, "attestation", key, {
      ...key,
      value,
      expiresAt,
      revision,
      attestedAtBlock: blockNumber,
    });
  },

  AttestationRevoked: async ({ rows }, { args: { node, attribute, attester } }) => {
    const key = { node, attribute, attester };
    await rowAt(rows, "attestation", key);
    rows.remove("attestation", key);
  },
};

const latestSecond = BigInt(Number.MAX_SAFE_INTEGER);

/** Leaves the struct's type behind: the ABI's names are the columns' names. */
function attributes(struct: EventArgs<"NodeAdded">["attributes"]): EventArgs<"NodeAdded">["attributes"] {
  const { regionGroup, country, hardwareClass, cores, memoryGiB, bandwidthMbps } = struct;
  return { regionGroup, country, hardwareClass, cores, memoryGiB, bandwidthMbps };
}
