import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openSandbox } from "@millrace/sandbox";
import { moduleCid } from "@millrace/sdk";
import { pino } from "pino";
import { type Hex, zeroHash } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { openModuleStore } from "../../src/artifacts/moduleStore.ts";
import type { Assignment } from "../../src/chain/assignments.ts";
import { createApp, type NodeApp } from "../../src/http/app.ts";
import { createBodyBudget } from "../../src/http/bodyBudget.ts";
import { createCallerCheck } from "../../src/http/callers.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { createOwnerCheck } from "../../src/http/ownerCheck.ts";
import { createDealRuntime } from "../../src/runtime/dealRuntime.ts";
import { createDealTable, type DealTable } from "../../src/runtime/dealTable.ts";
import { type Keeping, openKeeping } from "../../src/secrets/openKeeping.ts";
import { exampleDeployment } from "./deployment.ts";

const log = pino({ level: "silent" });

export interface CallNode extends NodeApp, Keeping {
  table: DealTable;
  /** what `isDraining` answers from now on */
  drain: () => void;
  /** the deal's owner names another module from an epoch on; undefined bytes: nobody has it yet */
  setModule: (
    deal: bigint,
    next: { cid: string; module: Uint8Array | undefined; fromEpoch: number; functionCommitment?: Hex },
  ) => void;
  /** the present epoch is another one, and the node has looked at it */
  enterEpoch: (epoch: number) => void;
  close: () => Promise<void>;
}

export interface CallNodeParameters {
  folder: string;
  /** deal id → its module, and who may call it */
  deals: {
    deal: bigint;
    module: Uint8Array;
    /** of a script */
    runtime?: Uint8Array;
    /** none by default */
    functionCommitment?: Hex;
    openTo?: Pick<Assignment, "owner"> & { permissionIssuer?: `0x${string}` };
  }[];
  bodyBudgetBytes?: number;
  threads?: number;
  maxQueued?: number;
  nowSeconds?: () => number;
  operatorKey?: `0x${string}`;
}

/** The HTTP side of a node with real sandboxes and assignments made by hand, beginning in epoch 10. */
export async function openCallNode(parameters: CallNodeParameters): Promise<CallNode> {
  const {
    folder,
    deals,
    bodyBudgetBytes = 64 * 1024 * 1024,
    threads = 2,
    maxQueued = 2,
    nowSeconds,
    operatorKey: privateKey = generatePrivateKey(),
  } = parameters;
  const { store } = await openModuleStore(join(folder, "modules"));
  const operator = { address: privateKeyToAddress(privateKey), privateKey };
  const keeping = await openKeeping({
    ...{ config: { dataFolder: folder, nodeId: 7 }, deployment: exampleDeployment, log },
    ...{ present: () => operator, operators: () => [] },
  });
  const modules = new Map(
    await Promise.all(deals.map(async ({ module }) => [await moduleCid(module), module] as const)),
  );
  const runtimes = new Map(
    await Promise.all(deals.map(async ({ module, runtime }) => [await moduleCid(module), runtime] as const)),
  );
  const table = createDealTable({
    log,
    open: (assignment, { cid, functionCommitment }) =>
      createDealRuntime({
        deal: assignment.deal,
        cid,
        functionCommitment,
        obtain: async (signal, onFailure) => {
          while (!modules.has(cid)) {
            onFailure("nobody has it");
            await delay(10, undefined, { signal });
          }
          const module = modules.get(cid) ?? new Uint8Array();
          await store.write(cid, module);
          const runtime = runtimes.get(cid);
          return { module, ...(runtime !== undefined && { runtime }) };
        },
        open: openSandbox,
        threads,
        maxQueued,
        dealLog: keeping.logs.of(assignment.deal),
        prepare: () => Promise.resolve(),
        environment: () => keeping.secrets.environment(assignment),
        log,
      }),
  });
  let epoch = 10;
  const assignments = new Map((await Promise.all(deals.map(toAssignment))).map((made) => [made.deal, made]));
  const look = () => table.apply(assignments, epoch);
  look();
  let isDraining = false;
  const noStatus = () => {
    throw new Error("no status here");
  };
  const nodeApp = createApp({
    nodeId: 7,
    store,
    log,
    status: noStatus,
    metrics: createMetrics({ status: () => figures(table.status(epoch)), load: () => table.load() }),
    find: (deal) => table.find(deal, epoch),
    callers: createCallerCheck(exampleDeployment, nowSeconds),
    ...keeping,
    owners: createOwnerCheck(exampleDeployment, nowSeconds),
    assignmentOf: (deal) => assignments.get(deal),
    chain: () => undefined,
    relay: () => undefined,
    budget: createBodyBudget(bodyBudgetBytes),
    isDraining: () => isDraining,
  });
  return {
    ...nodeApp,
    ...keeping,
    table,
    drain: () => {
      isDraining = true;
    },
    setModule: (deal, { cid, module, fromEpoch, functionCommitment = zeroHash }) => {
      if (module !== undefined) modules.set(cid, module);
      const assignment = assignments.get(deal);
      if (assignment === undefined) throw new Error(`no deal ${deal}`);
      const next = { version: assignment.modules.length, fromEpoch, cid, functionCommitment };
      assignments.set(deal, { ...assignment, modules: [...assignment.modules, next] });
      look();
    },
    enterEpoch: (next) => {
      epoch = next;
      look();
    },
    close: async () => {
      await nodeApp.app.close();
      await table.close();
    },
  };
}

/** What the metrics read of a status, where no chain is. */
function figures(deals: ReturnType<DealTable["status"]>) {
  return {
    epochs: { attended: 4, missed: 1 },
    gas: { balanceWei: "500000000000000000", epochsLeft: undefined },
    chain: { state: "ok" as const, block: undefined, reason: undefined },
    deals,
  };
}

/** Waits until no deal is on its way any more. */
export async function settled(table: DealTable): Promise<void> {
  while (table.status(10).some(({ state }) => state === "fetching" || state === "warming")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function toAssignment({
  deal,
  module,
  functionCommitment = zeroHash,
  openTo,
}: CallNodeParameters["deals"][number]): Promise<Assignment> {
  const nobody = "0x0000000000000000000000000000000000000000";
  return {
    deal,
    modules: [{ version: 0, fromEpoch: 0, cid: await moduleCid(module), functionCommitment }],
    owner: openTo?.owner ?? nobody,
    worker: { firstEpoch: 10, lastEpoch: 0 },
    view: { deal: { settledEpoch: 10, insolventSince: 0, endEpoch: 0 }, fundedThroughEpoch: 1000n },
    terms: {
      paymentToken: nobody,
      moduleDigest: "0x",
      functionCommitment,
      unitsPerWorker: 1,
      minWorkers: 1,
      targetWorkers: 1,
      maxWorkers: 1,
      maxWorkersPerProvider: 1,
      priceLimit: 1n,
      minimumAsk: 0n,
      priceToleranceBps: 0,
      tipPerWorker: 0n,
      endEpoch: 0,
      openToAll: openTo === undefined,
      permissionIssuer: openTo?.permissionIssuer ?? nobody,
      constraints: [],
      listMode: 0,
      providers: [],
    },
  };
}
