import { expect } from "chai";
import { checkFromOutside } from "../../src/check/endpoint.ts";
import { useHttpServers } from "../support/httpServer.ts";

const identity = { nodeId: 7, operator: "0x00000000000000000000000000000000000000aa" } as const;
const publicUrl = "https://node7.example";

/** The words for what a backend answers; cli/test/provider.test.ts asks a real one. */
describe("checkFromOutside", () => {
  const serve = useHttpServers();
  const ask = async (status: number, answer: object) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    return checkFromOutside(url, publicUrl, identity);
  };
  const found = { code: "node", sentence: "Node 7 answers.", node: 7, operator: identity.operator };

  it("default: the node is reached", async () => {
    expect(await ask(200, found)).to.include({ check: "reachable-outside", level: "ok" });
  });

  it("error: not reached, or somebody else is", async () => {
    const nothing = { code: "node-unreachable", node: null, operator: null };
    const silent = await ask(200, { ...nothing, sentence: "It cannot be reached from here: no answer." });
    expect(silent).to.include({ level: "error" });
    expect(silent?.text).to.match(/^Asked by http\S+: It cannot be reached from here: no answer\.$/);
    expect(silent?.nextStep).to.include("port forwarding");
    expect((await ask(200, { ...found, node: 8 }))?.text).to.include("not node 7, but node 8 answers");
    const replaced = { ...found, operator: `0x${"b".repeat(40)}` };
    expect(await ask(200, replaced)).to.include({ level: "error" });
  });

  it("behavior: a backend that does not tell says nothing about the node", async () => {
    const busy = { error: { code: "rate-limited", message: "Too many." } };
    for (const [status, answer] of [
      [404, {}],
      [429, busy],
      [200, { nonsense: true }],
    ] as const)
      expect(await ask(status, answer)).to.equal(undefined);
    expect(await checkFromOutside("http://127.0.0.1:1", publicUrl, identity)).to.equal(undefined);
  });
});
