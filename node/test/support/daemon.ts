import { expect } from "chai";
import type { DealStatus } from "../../src/runtime/dealTable.ts";
import { eventually } from "./eventually.ts";
import type { RegisteredNode } from "./network.ts";
import { type NodeProcess, startNodeProcess } from "./processes.ts";

/** Starts a registered node's daemon, with other settings where `changes` has some. */
export function startNode(
  { configFile, config }: RegisteredNode,
  changes: object = {},
): Promise<NodeProcess> {
  return startNodeProcess(configFile, { ...config, ...changes });
}

/**
 * Waits until the node attended the present epoch.
 *
 * @param epoch that epoch, where the node may not know of it yet
 */
export async function attended(node: NodeProcess, epoch = 0): Promise<void> {
  await eventually("attended", async () => {
    const { attendedEpoch, epoch: present = -1 } = await node.status();
    return attendedEpoch === present && present >= epoch;
  });
}

/** Waits until the node knows of an epoch, and returns the one it takes for the present. */
export async function epochSeen(node: NodeProcess, epoch: number): Promise<number> {
  return eventually(`epoch ${epoch}`, async () => {
    const { epoch: present = -1 } = await node.status();
    return present >= epoch ? present : undefined;
  });
}

/** What a node says of a deal. */
export async function stateOf(node: NodeProcess, deal: bigint): Promise<DealStatus | undefined> {
  return (await node.status()).deals.find((entry) => entry.deal === deal.toString());
}

/** Waits until a node says that a deal is in a state. */
export async function inState(node: NodeProcess, deal: bigint, state: string): Promise<void> {
  await eventually(`deal ${deal} is ${state}`, async () => (await stateOf(node, deal))?.state === state);
}

/** Calls a deal whose function echoes, with new input, and checks the answer. */
export async function answerOf(node: NodeProcess, deal: bigint): Promise<Response> {
  const body = `question ${Math.random()}`;
  const response = await node.call(deal, body);
  const text = await response.text();
  expect(response.status, text).to.equal(200);
  expect(text.endsWith(body)).to.equal(true);
  return response;
}
