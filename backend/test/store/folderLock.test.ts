import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { lockFolder } from "../../src/store/folderLock.ts";

describe("lockFolder", () => {
  // Of another process, of an earlier one with this number (as in a container), of one that died before it wrote.
  const owners = ["999999999 1", `${process.pid} 1`, ""];
  it("behavior: takes over from a killed process, once its lock is stale", async () => {
    const takeOver = async (owner: string) => {
      const folder = await mkdtemp(path.join(tmpdir(), "millrace-lock-"));
      await mkdir(path.join(folder, ".lock"));
      await writeFile(path.join(folder, "owner.pid"), owner);
      const unlock = await lockFolder(folder);
      await unlock();
      await rm(folder, { recursive: true });
    };
    await Promise.all(owners.map(takeOver));
  });
});
