import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** This repository's packages that a package needs, itself included. */
function packagesOf(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const { dependencies = {} } = JSON.parse(read(`${name}/package.json`)) as {
    dependencies?: Record<string, string>;
  };
  for (const each of Object.keys(dependencies))
    if (each.startsWith("@millrace/")) packagesOf(each.replace("@millrace/", ""), found);
  return found;
}

describe("packaging", () => {
  it("the Containerfile copies what there is, and every package that the node needs", () => {
    const lines = read("packaging/Containerfile").split("\n");
    const copied = lines.flatMap((line) => /^COPY (.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);
    expect(copied.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
    const sources = [...packagesOf("node")].map((name) => `${name}/src`);
    expect(copied).to.include.members(sources);
    const { workspaces } = JSON.parse(read("package.json")) as { workspaces: string[] };
    // npm ci compares the lock file with every workspace.
    expect(copied).to.include.members(workspaces.map((name) => `${name}/package.json`));
  });

  it("container and systemd unit start the program there is, with the option it takes", () => {
    const commands = [
      /^ENTRYPOINT \["node", "\/opt\/millrace\/([^"]+)"\]\nCMD \["--config"/m.exec(
        read("packaging/Containerfile"),
      ),
      /^ExecStart=\S+ \/opt\/millrace\/(\S+) --config /m.exec(
        read("packaging/systemd/millrace-node@.service"),
      ),
    ];
    for (const command of commands) {
      expect(existsSync(join(root, command?.[1] ?? "missing"))).to.equal(true);
    }
  });

  it("systemd waits longer than the node may drain", () => {
    const seconds = Number(
      /^TimeoutStopSec=(\d+)$/m.exec(read("packaging/systemd/millrace-node@.service"))?.[1],
    );
    const drainMs = Number(
      /drainTimeoutMs: ([\d_]+)/.exec(read("node/src/config/readConfig.ts"))?.[1]?.replace("_", ""),
    );
    expect(seconds * 1000).to.be.above(drainMs + 5_000);
  });
});
