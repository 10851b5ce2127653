import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import {
  addNode,
  attend,
  connect,
  epochAt,
  read,
  dealsAbi,
  readSlashes,
  readWorkers,
  registerProvider,
  stake,
  type Chain,
} from "@millrace/sdk";
import { expect } from "chai";
import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { startDevnet, type Devnet } from "../../scripts/devnet/devnet.ts";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";
import { until } from "./support/processes.ts";

/** A deal with a tip whose first match was not the best: one node got its stake too late for it. */
describe("millrace deal challenge, deal tips, deal compensation", function () {
  this.timeout(480_000);
  let net: Devnet;
  let setting: Setting;
  let remove: () => Promise<void>;
  let dear: Awaited<ReturnType<typeof offer>>;
  const json = <T>(...args: string[]) => millraceJson<T>(setting, args);

  before(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder };
    ({ remove } = scratch);
    net = await startDevnet({
      folder: join(scratch.folder, ".millrace/devnet"),
      epochDuration: 15,
      finalityDepth: 5,
      nodes: [],
      // the keeper of the backend would be quicker
      backendSettings: { CHALLENGE_MATCHES: "false" },
    });
  });
  after(async () => {
    await net.stop();
    await remove();
  });

  const epochNow = async (chain: Chain) =>
    epochAt(chain.deployment, (await chain.publicClient.getBlock()).timestamp);
  const offer = async (account: "provider1" | "provider2", askPerUnitEpoch: bigint) => {
    const owner = await net.connectAs(account);
    const { rpcUrl, deployment } = net;
    const [token] = deployment.paymentTokens;
    const { provider } = await registerProvider(owner);
    const privateKey = generatePrivateKey();
    const { node } = await addNode(owner, {
      provider,
      operator: privateKeyToAccount(privateKey),
      units: 4,
      attributes: {
        regionGroup: 4,
        country: 0x4445,
        hardwareClass: 3,
        cores: 4,
        memoryGiB: 8,
        bandwidthMbps: 100,
      },
      endpoint: "http://127.0.0.1:1",
      offer: { token: token?.address ?? "0x", askPerUnitEpoch },
      gasMoney: parseEther("1"),
    });
    return { node, provider, owner, operator: await connect({ rpcUrl, deployment, privateKey }) };
  };

  it("default: the cheaper node takes the place, and the challenger its share of the tip", async () => {
    const cheap = await offer("provider1", 1_000n);
    dear = await offer("provider2", 1_500n);
    await stake(dear.owner, { provider: dear.provider, amount: parseEther("1000") });
    const added = await epochNow(cheap.owner);
    await until("the next epoch", async () => (await epochNow(cheap.owner)) > added);
    await Promise.all([attend(cheap.operator), attend(dear.operator)]);

    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    await writeFile(
      join(setting.cwd, "echo.wasm"),
      embedManifest(code, parseManifest({ name: "tipped", contentType: "text/plain" })),
    );
    const terms = ["--limit", "0.002", "--workers", "1", "--tip", "0.5", "--tolerance", "2.5"];
    const quote = await json<Record<string, unknown>>("quote", "echo.wasm", ...terms);
    expect(quote).to.include({ minimumDeposit: "504000", tipPerWorker: "500000", priceToleranceBps: 250 });
    const { deal } = await json<{ deal: string }>("function", "deploy", "echo.wasm", ...terms, "--detach");
    const working = async () => (await readWorkers(dear.owner, BigInt(deal))).map(({ node }) => node);
    await until("the match", async () => (await working()).includes(dear.node));
    const shown = await millrace(setting, ["deal", "show", deal]);
    expect(shown.stdout).to.match(/tip +0\.5 tUSD for each worker found; 0\.5 tUSD held until/);

    const both = ["--replace", String(dear.node), "--with", String(cheap.node)];
    const short = await millraceFails(setting, ["deal", "challenge", deal, ...both]);
    expect(short.code).to.equal("deals-candidate-refused");
    await stake(cheap.owner, { provider: cheap.provider, amount: parseEther("1000") });
    const challenged = await json<Record<string, unknown>>("deal", "challenge", deal, ...both);
    // two epochs of 0.0005
    expect(challenged).to.include({ candidate: cheap.node, pricePerUnitEpoch: "1000", share: "1000" });
    expect((await millrace(setting, ["deal", "show", deal])).stdout).to.match(
      /cheaper than node \d+ all along/,
    );

    expect((await millrace(setting, ["deal", "tips"])).stdout).to.match(/^Nothing is credited/);
    const developer = await net.connectAs("developer");
    const account = developer.account?.address ?? "0x";
    const token = net.deployment.paymentTokens[0]?.address ?? "0x";
    await until("the keeper paid the tip", async () => {
      const address = net.deployment.contracts.deals;
      const args = [account, token] as const;
      return (await read(developer, { address, abi: dealsAbi, functionName: "earnings", args })) > 0n;
    });
    // Who deployed proposed the nodes in the same call: the matcher's rest of the tip is the same account's.
    expect(await json("deal", "tips")).to.deep.equal({
      to: account,
      payments: [{ token, amount: "500000" }],
    });
  });

  it("behavior: what an eviction brings the deal's owner is paid by deal compensation", async () => {
    const { slashes: before } = await readSlashes(dear.owner);
    expect(before).to.deep.equal([]);
    // The worker stays away while the other node is there: the keeper evicts it, and executes the slash.
    let attended = await epochNow(dear.owner);
    await until(
      "an eviction",
      async () => {
        const epoch = await epochNow(dear.owner);
        if (epoch > attended) await attend(dear.operator);
        attended = epoch;
        return (await readSlashes(dear.owner)).slashes.length > 0;
      },
      180_000,
    );
    const early = await millrace(setting, ["deal", "compensation"]);
    expect(early.stdout).to.match(/^No executed slash .*\n[\d.]+ MILL of slash 1 .* can be vetoed until/);
    const [slash] = (await readSlashes(dear.owner)).slashes;
    const executed = async () => (await readSlashes(dear.owner)).slashes[0]?.state === "executed";
    await until("the slash is executed", executed, 180_000);
    const account = (await net.connectAs("developer")).account?.address;
    expect(await json("deal", "compensation")).to.deep.equal({
      to: account,
      amount: (((slash?.amount ?? 0n) * 4n) / 10n).toString(),
      pending: [],
    });
    expect((await millrace(setting, ["deal", "compensation"])).stdout).to.match(/^No executed slash/);
  });

  it("error: both nodes have to be named", async () => {
    const { code } = await millraceFails(setting, ["deal", "challenge", "1", "--replace", "1"], 2);
    expect(code).to.equal("usage");
  });
});
