import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embedManifest, parseManifest } from "@millrace/machine";
import type { AskOneStepParameters, StepGas } from "@millrace/sdk";
import { expect } from "chai";
import { execa } from "execa";
import getPort from "get-port";
import type { Hex } from "viem";
import { oneStepAbi, oneStepCode } from "../../sdk/src/generated/oneStepAbi.ts";
import { startChain, testClient, type ChainService } from "../../scripts/devnet/chain.ts";
import { startService } from "../../scripts/devnet/service.ts";
import {
  millrace,
  millraceFails,
  millraceJson,
  root,
  scratchFolder,
  type Setting,
} from "./support/millrace.ts";

interface Deployment {
  chainId: number;
  contracts: Record<string, string>;
}

/** What a step needs to be sent to the contract, and what the command says of that. */
interface Step {
  before: { stateHash: Hex };
  after: { stateHash: Hex };
  program: AskOneStepParameters["program"];
  witness: Hex;
  contract: { stateHash: Hex; gas: StepGas };
  isConfirmed: boolean;
}

describe("millrace and its network", function () {
  this.timeout(240_000);
  let folder: string;
  let remove: () => Promise<void>;
  let chain: ChainService;
  let record: Deployment;

  before(async () => {
    ({ folder, remove } = await scratchFolder());
    const port = await getPort({ host: "127.0.0.1" });
    chain = await startChain(startService, { port, logFile: join(folder, "chain.log") });
    const out = join(folder, "deployment.json");
    const script = join(root, "scripts/deploy.ts");
    const argv = [
      script,
      "--network",
      "devnet",
      "--rpc-url",
      chain.rpcUrl,
      "--out",
      out,
      "--epoch-duration",
      "5",
    ];
    await execa(process.execPath, argv, { cwd: root });
    record = JSON.parse(await readFile(out, "utf8")) as Deployment;
  });
  after(async () => {
    await chain.stop();
    await remove();
  });

  /** A person's configuration folder with this network in it, under the name "test". */
  async function networkWith(
    changes: { rpcUrl?: string; record?: object } = {},
    password = "x",
  ): Promise<Setting> {
    const networks = join(folder, "home/networks");
    await mkdir(networks, { recursive: true });
    await writeFile(join(networks, "test-deployment.json"), JSON.stringify({ ...record, ...changes.record }));
    const network = {
      rpcUrl: changes.rpcUrl ?? chain.rpcUrl,
      apiUrl: "http://127.0.0.1:9",
      deployment: "test-deployment.json",
    };
    await writeFile(join(networks, "test.json"), JSON.stringify(network));
    return { cwd: folder, env: { MILLRACE_NETWORK: "test", MILLRACE_PASSWORD: password } };
  }

  it("default: a named network, and the only wallet there is", async () => {
    const setting = await networkWith();
    expect((await millraceFails(setting, ["wallet", "balance"])).code).to.equal("wallet-missing");
    const { address } = await millraceJson<{ address: string }>(setting, ["wallet", "new", "poor"]);
    const balance = await millraceJson<{ name: string; address: string }>(setting, ["wallet", "balance"]);
    expect(balance).to.include({ name: "poor", address });
    await millraceJson(setting, ["wallet", "new", "second"]);
    const { code, details } = await millraceFails(setting, ["wallet", "balance"]);
    expect(code).to.equal("wallet-unclear");
    expect(details).to.include("poor, second");
  });

  it("error: a wallet without gas money, without tokens, or with another password", async () => {
    const register = ["provider", "register", "--wallet", "poor"];
    const setting = await networkWith();
    expect((await millraceFails(setting, register)).code).to.equal("gas-money-short");
    const code = await readFile(join(root, "sandbox/test/fixtures/echo.wasm"));
    const module = join(folder, "echo.wasm");
    await writeFile(module, embedManifest(code, parseManifest({ name: "echo" })));
    const deploy = ["function", "deploy", module, "--wallet", "poor", "--limit", "0.002", "--deposit", "1"];
    const short = await millraceFails(setting, deploy);
    expect(short.code).to.equal("balance-short");
    expect(short.details).to.include("lacks 1 tUSD");
    expect(short.nextStep).to.include("--deposit");
    expect((await millraceFails(setting, [...deploy, "--token", "EUR"])).code).to.equal("token-unknown");
    const stake = await millraceFails(setting, ["provider", "stake", "5", "--wallet", "poor"]);
    expect(stake.code).to.equal("provider-missing");
    expect(stake.nextStep).to.equal("millrace provider register");
    const wrong = await networkWith({}, "y");
    expect((await millraceFails(wrong, register)).code).to.equal("keystore-password-wrong");
  });

  it("behavior: a broken wallet is in the way of nobody who names another", async () => {
    const setting = await networkWith();
    const { address } = await millraceJson<{ address: string }>(setting, ["wallet", "new", "sound"]);
    const broken = join(folder, "home/wallets/broken.json");
    await writeFile(broken, "{}");
    try {
      const balance = ["wallet", "balance", "--network", "test"];
      expect(await millraceJson(setting, [...balance, "sound"])).to.include({ name: "sound", address });
      const { code, nextStep } = await millraceFails(setting, [...balance, "broken"]);
      expect(code).to.equal("keystore-invalid");
      expect(nextStep).to.include("Move the file away");

      const list = ["wallet", "list", "--network", "test"];
      await writeFile(join(folder, "home/wallets/cut.json"), '{"address":');
      const { wallets, broken: others } = await millraceJson<
        Record<string, { name: string; code: string }[]>
      >(...[setting, list]);
      expect(wallets?.map(({ name }) => name)).to.include("sound");
      expect(others?.map((each) => [each.name, each.code])).to.deep.equal([
        ["broken", "keystore-invalid"],
        ["cut", "json-invalid"],
      ]);
      const { stdout } = await millrace(setting, list);
      expect(stdout)
        .to.match(/^sound +0x/m)
        .and.match(/^broken is broken: .*broken\.json is not an encrypted key.*\nnext +Move the file away/m);
      const taken = await millraceFails(setting, ["wallet", "new", "broken"]);
      expect(taken.code).to.equal("wallet-exists");
    } finally {
      await rm(broken);
      await rm(join(folder, "home/wallets/cut.json"), { force: true });
      await rm(join(folder, "home/wallets/sound.json"));
    }
  });

  it("default: the contract's answer to a step, and its gas as that of a transaction", async () => {
    const code = await readFile(join(root, "sandbox/test/fixtures/pointers.wasm"));
    await writeFile(join(folder, "pointers.wasm"), embedManifest(code, parseManifest({ name: "pointers" })));
    const setting = await networkWith();
    const client = testClient(chain.rpcUrl);
    const [account] = await client.getAddresses();
    if (account === undefined) throw new Error("The chain has no account.");
    const creation = await client.deployContract({ abi: oneStepAbi, bytecode: oneStepCode, account });
    const { contractAddress } = await client.waitForTransactionReceipt({ hash: creation });
    if (!contractAddress) throw new Error("The contract was not created.");
    // the first one pays for its calldata alone, the second one for what it executes too
    for (const step of [0, 50]) {
      const shown = await millraceJson<Step>(setting, [
        ...["function", "step", "pointers.wasm", "--step", String(step)],
      ]);
      expect(shown.contract.stateHash, `step ${step}`).to.equal(shown.after.stateHash);
      expect(shown.isConfirmed).to.equal(true);
      const hash = await client.writeContract({
        ...{ address: contractAddress, abi: oneStepAbi, functionName: "step", account },
        args: [shown.before.stateHash, shown.program, shown.witness],
      });
      const { gasUsed } = await client.waitForTransactionReceipt({ hash });
      const { total, floor } = shown.contract.gas;
      expect(total).to.equal(Number(gasUsed));
      expect(total === floor).to.equal(step === 0);
    }
    const { stdout } = await millrace(setting, ["function", "step", "pointers.wasm", "--step", "50"]);
    expect(stdout).to.match(/^contract {2,}✓ comes to the same state from the witness alone$/m);
    expect(stdout).to.match(/^gas {2,}[\d,]+ as a transaction: 21,000 and .*EIP-7623\)$/m);
  });

  it("behavior: without a chain a step is shown all the same", async () => {
    const rpcUrl = `http://127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
    const shown = await millraceJson<{ contract: { unavailable: string }; isConfirmed: boolean }>(
      await networkWith({ rpcUrl }),
      ["function", "step", "pointers.wasm", "--step", "50"],
    );
    expect(shown.contract.unavailable).to.include(rpcUrl);
    expect(shown.isConfirmed).to.equal(true);
  });

  it("error: the offer of a node that does not exist", async () => {
    const { code } = await millraceFails(await networkWith(), ["offer", "show", "9", "--network", "test"]);
    expect(code).to.equal("registry-node-unknown");
  });

  it("error: nobody listens at the RPC URL", async () => {
    const rpcUrl = `http://127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
    const { code, message } = await millraceFails(await networkWith({ rpcUrl }), ["deal", "show", "1"]);
    expect(code).to.equal("rpc-unreachable");
    expect(message).to.include(rpcUrl);
  });

  it("error: the chain has another id, or not these contracts", async () => {
    const status = ["provider", "status", "1"];
    const wrong = await millraceFails(await networkWith({ record: { chainId: 1 } }), status);
    expect(wrong.code).to.equal("wrong-chain");
    expect(wrong.message).to.include("31337");
    const deals = "0x000000000000000000000000000000000000dEaD";
    const setting = await networkWith({ record: { contracts: { ...record.contracts, deals } } });
    expect((await millraceFails(setting, status)).code).to.equal("contracts-missing");
  });

  it("error: a network that is not there, or described wrongly", async () => {
    const setting = await networkWith();
    expect((await millraceFails(setting, ["dev", "status", "--network", "mainnet"])).code).to.equal(
      "network-missing",
    );
    await writeFile(join(folder, "bad.json"), JSON.stringify({ rpcUrl: "x" }));
    const { code, details } = await millraceFails(setting, ["dev", "status", "--network", "./bad.json"]);
    expect(code).to.equal("network-invalid");
    expect(details).to.include("apiUrl");
  });
});
