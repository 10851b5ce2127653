import { expect } from "chai";
import { type CallNode, openCallNode, settled } from "../support/callNode.ts";
import { fixtureBytes, scriptModule } from "../support/fixtures.ts";
import { useSharedFolder } from "../support/folder.ts";

const head = "Status: 404\nContent-Type: text/html\nX-Own: a\nx-own: b\nSet-Cookie: a=1\nSet-Cookie: b=2\n\n";

interface ErrorAnswer {
  error: { code: string; message: string };
}

const errorOf = (answer: { body: string }) => (JSON.parse(answer.body) as ErrorAnswer).error;

describe("calls of scripts", () => {
  const folder = useSharedFolder();
  let node: CallNode;
  before(async () => {
    const runtime = fixtureBytes("runtime");
    node = await openCallNode({
      folder: folder(),
      deals: [
        { deal: 8n, module: scriptModule(head, { answer: "cgi" }), runtime },
        { deal: 9n, module: scriptModule("no head", { answer: "cgi" }), runtime },
        { deal: 10n, module: scriptModule("without what runs it") },
        {
          deal: 11n,
          module: scriptModule("Status: 204\n\n", { answer: "cgi" }),
          runtime: fixtureBytes("runtime"),
        },
      ],
    });
    await settled(node.table);
  });
  after(() => node.close());

  const inject = (options: object) => node.app.inject(options);

  it("behavior: a script answers with its own status and headers, and says that it answered", async () => {
    const answer = await inject({ method: "POST", url: "/v1/deals/8/call", payload: "nobody" });
    expect([answer.statusCode, answer.body]).to.deep.equal([404, "nobody"]);
    expect(answer.headers).to.include({
      ...{ "content-type": "text/html", "x-own": "a, b", "content-length": "6", "millrace-outcome": "ok" },
      ...{ "x-content-type-options": "nosniff" },
    });
    expect(answer.headers["set-cookie"]).to.deep.equal(["a=1", "b=2"]);
    const empty = await inject({ method: "GET", url: "/v1/deals/11/call" });
    expect([empty.statusCode, empty.body]).to.deep.equal([204, ""]);
    expect(empty.headers).not.to.have.any.keys("content-type");
  });

  it("error: function-answer-malformed, with what is wrong", async () => {
    const answer = await inject({ method: "GET", url: "/v1/deals/9/call" });
    expect(answer.statusCode).to.equal(502);
    expect(errorOf(answer)).to.include({ code: "function-answer-malformed" });
    expect(errorOf(answer).message).to.contain("no empty line");
    expect(answer.headers).to.include({ "millrace-outcome": "malformed-answer" });
  });

  it("error: module-refused for a script without its runtime", async () => {
    const answer = await inject({ method: "GET", url: "/v1/deals/10/call" });
    expect(errorOf(answer)).to.include({ code: "module-refused" });
    expect(errorOf(answer).message).to.contain("runtime");
  });
});
