import type { EventArgs } from "../../src/chain/events.ts";
import { address, event, hash, pick, token, type Act } from "./marketplace.ts";

function text(who: number): string {
  // A provider may write what it likes: also what PostgreSQL can't hold, or what needs escaping.
  return ["", "https://node.example", "\0", "\u{1F600}\\\"'{},", "NULL"][who % 5] ?? "";
}

function attributes(amount: number): EventArgs<"NodeAdded">["attributes"] {
  return {
    regionGroup: amount % 8,
    country: amount % 65_536,
    hardwareClass: amount % 5,
    cores: amount % 65_536,
    memoryGiB: 2 ** 16 - 1,
    bandwidthMbps: 2 ** 32 - 1,
  };
}

export const registerProvider: Act = (state, { who, amount }) => {
  const provider = state.providers + 1;
  const args = { provider, owner: address(who), payout: address(amount), metadataDigest: hash(amount) };
  return {
    state: { ...state, providers: provider },
    events: [event("registry", "ProviderRegistered", args)],
  };
};

export const changePayout: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const provider = 1 + (who % state.providers);
  const payout = address(amount);
  const requested = { provider, payout, changesAt: BigInt(1_000_000 + (amount % 300)) };
  if (amount % 3 === 0)
    return { state, events: [event("registry", "PayoutChangeCancelled", { provider, payout })] };
  return { state, events: [event("registry", "PayoutChangeRequested", requested)] };
};

export const stake: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const provider = 1 + (who % state.providers);
  const args = { provider, from: address(who), amount: 2n ** 95n + BigInt(amount) };
  return { state, events: [event("staking", "Staked", args)] };
};

export const thaw: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const provider = 1 + (who % state.providers);
  const number = state.thaws.length + 1;
  const args = { provider, thaw: number, amount: BigInt(amount), readyAt: BigInt(1_000_000 + amount) };
  const thaws = [...state.thaws, { provider, thaw: number }];
  return { state: { ...state, thaws }, events: [event("staking", "ThawRequested", args)] };
};

export const withdrawThawed: Act = (state, { who, amount }) => {
  const found = pick(state.thaws, who);
  if (found === undefined) return undefined;
  const args = { ...found.item, to: address(who), amount: BigInt(amount) };
  return { state, events: [event("staking", "ThawWithdrawn", args)] };
};

export const addNode: Act = (state, { who, amount }) => {
  if (state.providers === 0) return undefined;
  const node = state.nodes.length + 1;
  const provider = 1 + (who % state.providers);
  const operator = address(0x10_000 + state.keys);
  const common = { node, provider, operator, units: 8, attributes: attributes(amount) };
  const added = { ...common, peerId: text(amount), endpoint: text(who) };
  const offered = { node, token, askPerUnitEpoch: BigInt(amount), on: true };
  return {
    state: {
      ...state,
      nodes: [...state.nodes, { provider, operator, units: 8 }],
      keys: state.keys + 1,
    },
    events: [event("registry", "NodeAdded", added), event("registry", "OfferSet", offered)],
  };
};

export const changeNode: Act = (state, { who, amount }, epoch) => {
  const found = pick(state.nodes, who);
  if (found === undefined) return undefined;
  const node = found.index + 1;
  switch (amount % 6) {
    case 0: {
      const offer = { node, token, askPerUnitEpoch: BigInt(amount), on: who % 2 === 0 };
      return { state, events: [event("registry", "OfferSet", offer)] };
    }
    case 1: {
      const args = { node, peerId: text(who), endpoint: text(amount) };
      return { state, events: [event("registry", "NodeEndpointSet", args)] };
    }
    case 2: {
      const args = { node, units: 1 + (amount % 9), attributes: attributes(amount) };
      return { state, events: [event("registry", "NodeChanged", args)] };
    }
    case 3: {
      const operator = address(0x10_000 + state.keys);
      const args = { node, previous: found.item.operator, operator, fromEpoch: epoch + 1 };
      const nodes = state.nodes.with(found.index, { ...found.item, operator });
      return {
        state: { ...state, nodes, keys: state.keys + 1 },
        events: [event("registry", "OperatorRotated", args)],
      };
    }
    case 4:
      return { state, events: [event("registry", "NodeRetired", { node })] };
    default:
      return { state, events: [event("registry", "NodeAttended", { node, epoch })] };
  }
};

/** What the owner and others say of a node beyond its packed attributes; and a node and a deal in batches that never were. */
export const describeNode: Act = (state, { who, amount }) => {
  const found = pick(state.nodes, who);
  if (found === undefined) return undefined;
  const node = found.index + 1;
  const names = [hash(who % 3), hash(3)];
  const set = { node, attributes: names, values: [BigInt(amount % 4), 2n ** 64n - 1n] };
  const key = { node, attribute: hash(who % 3), attester: address(amount % 7) };
  const attested = { ...key, value: 2n ** 64n - 1n, expiresAt: 2n ** 64n - 1n, revision: 1 };
  const events = [event("registry", "Attested", attested)];
  if (amount % 5 === 0) events.push(event("registry", "AttestationRevoked", key));
  if (amount % 3 === 0) events.push(event("registry", "AttributesSet", set));
  if (amount % 4 === 0)
    events.push(
      event("registry", "AttendanceSkipped", { node: 2 ** 32 - 1, refusal: 1 }),
      event("deals", "ClaimSkipped", { deal: 2n ** 64n - 1n, node: 2 ** 32 - 1, reason: 1 }),
    );
  return { state, events };
};
