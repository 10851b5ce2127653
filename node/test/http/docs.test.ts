import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { openCallNode } from "../support/callNode.ts";
import { useFolder } from "../support/folder.ts";

const root = join(import.meta.dirname, "../../..");
/** Of a start that fails, not of an answer. */
const notAnswered = ["tls-files-unusable"];

/** Fastify's tree of routes as "GET /v1/status", with parameters as the page writes them. */
function routesOf(tree: string): string[] {
  const parents: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", part = "", methods = ""] = /^([│├└─ ]*)(\S+) \((.*)\)$/.exec(line) ?? [];
    if (part === "") return [];
    const depth = indent.length / 4 - 1;
    const above = parents[depth - 1] ?? "";
    const path = `${above}${part.startsWith("/") || above === "" ? "" : "/"}${part}`;
    parents[depth] = path;
    return methods.split(", ").map((method) => `${method} ${path.replaceAll(/:(\w+)/g, "<$1>")}`);
  });
}

describe("docs/node-api.md", () => {
  const folder = useFolder();

  it("default: names every route with its methods, and no other", async () => {
    const node = await openCallNode({ folder: folder(), deals: [] });
    await node.app.ready();
    const routes = routesOf(node.app.printRoutes({ commonPrefix: false })).sort();
    await node.close();
    expect(routes).to.include("POST /v1/deals/<deal>/secrets/handover");
    const page = await readFile(join(root, "docs/node-api.md"), "utf8");
    const written = [...page.matchAll(/^\| (`[A-Z].*?`) \|/gm)].flatMap(([, cell = ""]) => {
      const words = cell.replaceAll(/[`,]/g, "").split(" ");
      const path = words.at(-1) ?? "";
      return words.slice(0, -1).map((method) => `${method} ${path}`);
    });
    expect(written.sort()).to.deep.equal(routes);
  });

  it("behavior: names every code that a route answers with", async () => {
    const page = await readFile(join(root, "docs/node-api.md"), "utf8");
    const sources = join(root, "node/src/http");
    const texts = await Promise.all(
      (await readdir(sources)).map((name) => readFile(join(sources, name), "utf8")),
    );
    const codes = new Set(
      texts.flatMap((text) => [...text.matchAll(/\bcode: "([a-z-]+)"/g)].map(([, code = ""]) => code)),
    );
    expect(codes.size).to.be.above(20);
    for (const code of codes) if (!notAnswered.includes(code)) expect(page).to.include(`\`${code}\``);
  });
});
