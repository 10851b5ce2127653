import { type Chain, dealsAbi } from "@millrace/sdk";
import { expect } from "chai";
import { encodeEventTopics, type Hex, numberToHex, TimeoutError } from "viem";
import { createFollower } from "../../src/chain/follower.ts";
import { exampleDeployment } from "../support/deployment.ts";

const nodeId = 1;
const word = (value: bigint | number): Hex => numberToHex(value, { size: 32 });
const hashOf = (block: bigint): Hex => word(1_000n + block);
const [assigned] = encodeEventTopics({ abi: dealsAbi, eventName: "WorkerAssigned" });
const [created] = encodeEventTopics({ abi: dealsAbi, eventName: "DealCreated" });

/** A chain in one epoch that tells of assignments, and whose deals' creations answer as `answer` says. */
function startChain(assignments: { deal: bigint; block: bigint }[]) {
  const state = {
    head: 10n,
    asked: [] as bigint[],
    answer: (() => []) as (deal: bigint) => unknown[],
  };
  const publicClient = {
    getBlockNumber: () => Promise.resolve(state.head),
    getBlock: ({ blockNumber = state.head }: { blockNumber?: bigint } = {}) =>
      Promise.resolve({
        ...{ number: blockNumber, hash: hashOf(blockNumber), parentHash: hashOf(blockNumber - 1n) },
        timestamp: 1_001n,
      }),
    request: ({ params }: { params: [{ topics: Hex[]; fromBlock: Hex; toBlock: Hex }] }) => {
      const [{ topics, fromBlock, toBlock }] = params;
      if (topics[0] === created) {
        const deal = BigInt(topics[1] ?? "0x0");
        state.asked.push(deal);
        return Promise.resolve(state.answer(deal));
      }
      if (topics[0] !== assigned) return Promise.resolve([]);
      const found = assignments.filter(({ block }) => BigInt(fromBlock) <= block && block <= BigInt(toBlock));
      return Promise.resolve(
        found.map(({ deal, block }) => ({
          ...{ topics: [assigned, word(deal), word(nodeId)], blockNumber: numberToHex(block), data: "0x" },
        })),
      );
    },
  };
  const chain = { deployment: exampleDeployment, publicClient } as unknown as Chain;
  return { state, follower: createFollower({ chain, nodeId }) };
}

describe("createFollower", () => {
  it("behavior: a deal that an endpoint does not know yet is read again with the next block", async () => {
    const { state, follower } = startChain([{ deal: 1n, block: 5n }]);
    const first = await follower.poll();
    expect([...(first?.unread.keys() ?? [])]).to.deep.equal([1n]);
    state.head = 11n;
    await follower.poll();
    expect(state.asked).to.deep.equal([1n, 1n]);
  });

  it("behavior: an assignment that an endpoint told of too late is found with one of the next blocks", async () => {
    const assignments: { deal: bigint; block: bigint }[] = [];
    const { state, follower } = startChain(assignments);
    await follower.poll();
    // Behind one address answer several: the one that was asked for the logs had not seen block 10.
    assignments.push({ deal: 1n, block: 10n });
    state.head = 11n;
    expect([...((await follower.poll())?.unread.keys() ?? [])]).to.deep.equal([1n]);
  });

  it("behavior: an outage while deals are read loses none of those that could not be read before", async () => {
    const { state, follower } = startChain([
      { deal: 1n, block: 5n },
      { deal: 2n, block: 11n },
    ]);
    state.answer = () => {
      throw new Error("an answer that makes no sense");
    };
    expect([...((await follower.poll())?.unread.keys() ?? [])]).to.deep.equal([1n]);

    state.head = 11n;
    state.answer = (deal) => {
      if (deal === 1n) return [];
      throw new TimeoutError({ body: {}, url: "http://127.0.0.1:1" });
    };
    const outage = await follower.poll().catch((error: unknown) => error);
    expect(outage).to.include({ code: "rpc-unreachable" });

    state.answer = () => [];
    state.asked = [];
    await follower.poll();
    expect(state.asked.sort()).to.deep.equal([1n, 2n]);
  });
});
