import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { readDeployment, readKeystore, writeKeystore } from "@millrace/sdk/node";
import { failureOf } from "./support/errors.ts";
import { deployment } from "./support/values.ts";

describe("keystore", () => {
  let folder: string;
  const key = generatePrivateKey();
  const options = { scryptN: 1024 };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-keystore-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("default: gives back the key, from a file that only its owner may read", async () => {
    const path = join(folder, "deeper", "key.json");
    await writeKeystore(path, key, "päss wörd", options);
    expect(await readKeystore(path, "päss wörd")).to.equal(key);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    const text = await readFile(path, "utf8");
    expect(text).to.not.include(key.slice(2));
    expect(text.toLowerCase()).to.include(privateKeyToAddress(key).slice(2).toLowerCase());
  });

  it("error: keystore-exists, and the old key stays", async () => {
    const path = join(folder, "once.json");
    await writeKeystore(path, key, "a", options);
    const again = () => writeKeystore(path, generatePrivateKey(), "a", options);
    expect((await failureOf(again)).code).to.equal("keystore-exists");
    expect(await readKeystore(path, "a")).to.equal(key);
  });

  it("error: keystore-password-wrong, keystore-missing, keystore-invalid", async () => {
    const path = join(folder, "wrong.json");
    await writeKeystore(path, key, "right", options);
    expect((await failureOf(() => readKeystore(path, "wrong"))).code).to.equal("keystore-password-wrong");
    expect((await failureOf(() => readKeystore(`${path}.not`, ""))).code).to.equal("keystore-missing");
    await writeFile(join(folder, "bad.json"), "{}");
    expect((await failureOf(() => readKeystore(join(folder, "bad.json"), ""))).code).to.equal(
      "keystore-invalid",
    );
  });

  it("behavior: readDeployment reads the record, or says what is wrong with it", async () => {
    const path = join(folder, "deployment.json");
    await writeFile(path, JSON.stringify(deployment));
    expect(await readDeployment(path)).to.deep.equal(deployment);
    expect((await failureOf(() => readDeployment(`${path}.not`))).code).to.equal("deployment-missing");
    await writeFile(path, "{");
    expect((await failureOf(() => readDeployment(path))).code).to.equal("deployment-invalid");
  });
});
