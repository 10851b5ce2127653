import { once } from "node:events";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { lockDataFolder } from "../../src/config/lock.ts";
import { expectError } from "../support/expectError.ts";
import { useFolder } from "../support/folder.ts";

const holder = fileURLToPath(import.meta.resolve("../support/holdLock.ts"));
const ignore = () => undefined;

describe("lockDataFolder", () => {
  const folder = useFolder();

  it("default: creates the folder, and it can be taken again once it was given back", async () => {
    const path = join(folder(), "deep", "data");
    await (
      await lockDataFolder(path, ignore)
    )();
    await (
      await lockDataFolder(path, ignore)
    )();
  });

  it("error: data-folder-locked names the folder while another process runs; a killed one's is free at once", async () => {
    const child = execa(process.execPath, [holder, folder()], { reject: false });
    try {
      await once(child.stdout, "data");
      const error = await expectError(lockDataFolder(folder(), ignore), "data-folder-locked");
      expect(error.message).to.contain(folder());
      const second = await execa(process.execPath, [holder, folder()], { reject: false });
      expect(second.exitCode).to.equal(2);
      expect(second.stdout).to.contain(`The data folder ${folder()} is in use by another node process.`);
    } finally {
      child.kill("SIGKILL");
      await child;
    }
    await (
      await lockDataFolder(folder(), ignore)
    )();
  });

  it("behavior: a lock of another machine holds until it has not been refreshed for ten seconds", async () => {
    const lock = join(folder(), "node.lock");
    await mkdir(lock);
    await writeFile(join(folder(), "node.pid"), JSON.stringify({ pid: 1, hostname: `not-${hostname()}` }));
    await expectError(lockDataFolder(folder(), ignore), "data-folder-locked");
    const longAgo = new Date(Date.now() - 11_000);
    await utimes(lock, longAgo, longAgo);
    await (
      await lockDataFolder(folder(), ignore)
    )();
  });

  it("error: data-folder-unusable if the folder cannot be made", async () => {
    await writeFile(join(folder(), "file"), "");
    await expectError(lockDataFolder(join(folder(), "file"), ignore), "data-folder-unusable");
  });
});
