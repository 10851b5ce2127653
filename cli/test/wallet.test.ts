import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readKeystore } from "@millrace/sdk/node";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { millrace, millraceFails, millraceJson, scratchFolder, type Setting } from "./support/millrace.ts";

interface Made {
  name: string;
  address: string;
  keystore: string;
}

describe("millrace wallet", function () {
  this.timeout(120_000);
  let setting: Setting;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const scratch = await scratchFolder();
    setting = { cwd: scratch.folder, env: { MILLRACE_PASSWORD: "correct horse" } };
    ({ remove } = scratch);
  });
  afterEach(() => remove());

  it("new: writes an encrypted file that only its owner may read", async () => {
    const { address, keystore } = await millraceJson<Made>(setting, ["wallet", "new"]);
    expect((await stat(keystore)).mode & 0o777).to.equal(0o600);
    expect(privateKeyToAddress(await readKeystore(keystore, "correct horse"))).to.equal(address);
    const { wallets } = await millraceJson<{ wallets: Made[] }>(setting, ["wallet", "list"]);
    expect(wallets).to.deep.equal([{ name: "default", address, source: "own", keystore }]);
  });

  it("new: never overwrites a wallet", async () => {
    const { keystore } = await millraceJson<Made>(setting, ["wallet", "new", "mine"]);
    const before = await readFile(keystore, "utf8");
    expect((await millraceFails(setting, ["wallet", "new", "mine"])).code).to.equal("wallet-exists");
    expect(
      (await millraceFails(setting, ["wallet", "import", "mine", "--private-key-file", "x"])).code,
    ).to.equal("wallet-exists");
    expect(await readFile(keystore, "utf8")).to.equal(before);
  });

  it("new: without a password and a terminal it says where to put it", async () => {
    const { code, nextStep } = await millraceFails({ cwd: setting.cwd }, ["wallet", "new"]);
    expect(code).to.equal("password-missing");
    expect(nextStep).to.include("MILLRACE_PASSWORD").and.include("--password-file");
  });

  it("import: takes a private key from a file, or an encrypted keystore", async () => {
    const privateKey = generatePrivateKey();
    await writeFile(join(setting.cwd, "key"), `${privateKey}\n`);
    const made = await millraceJson<Made>(setting, [
      "wallet",
      "import",
      "first",
      "--private-key-file",
      "key",
    ]);
    expect(made.address).to.equal(privateKeyToAddress(privateKey));
    const copied = await millraceJson<Made>(setting, [
      "wallet",
      "import",
      "second",
      "--keystore",
      made.keystore,
    ]);
    expect(copied.address).to.equal(made.address);
    const wrong = { ...setting, env: { MILLRACE_PASSWORD: "wrong" } };
    const { code } = await millraceFails(wrong, ["wallet", "import", "third", "--keystore", made.keystore]);
    expect(code).to.equal("keystore-password-wrong");
  });

  it("import: refuses what is no key", async () => {
    await writeFile(join(setting.cwd, "key"), "0x1234");
    const { code } = await millraceFails(setting, ["wallet", "import", "--private-key-file", "key"]);
    expect(code).to.equal("private-key-invalid");
    const both = ["wallet", "import", "--private-key-file", "key", "--keystore", "key"];
    expect((await millraceFails(setting, both, 2)).message).to.include("not both");
  });

  it("list: an empty folder says how to begin", async () => {
    const { stdout, exitCode } = await millrace(setting, ["wallet", "list"]);
    expect(exitCode).to.equal(0);
    expect(stdout).to.include("millrace wallet new");
  });
});
