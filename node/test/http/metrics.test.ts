import { expect } from "chai";
import { type CallNode, openCallNode, settled } from "../support/callNode.ts";
import { fixtureModule } from "../support/fixtures.ts";
import { useSharedFolder } from "../support/folder.ts";

describe("GET /metrics", () => {
  const folder = useSharedFolder();
  let node: CallNode;
  before(async () => {
    const env = { PASSWORD: "very-secret" };
    node = await openCallNode({
      folder: folder(),
      deals: [{ deal: 1n, module: fixtureModule("echo", { env }) }],
    });
    await settled(node.table);
  });
  after(() => node.close());

  it("default: calls by outcome, how long they took, sandboxes; nothing of any deal", async () => {
    const call = (deal: number) =>
      node.app.inject({ method: "POST", url: `/v1/deals/${deal}/call`, payload: "private input" });
    for (const deal of [1, 1, 77]) await call(deal);
    const answer = await node.app.inject({ method: "GET", url: "/metrics" });
    expect(answer.statusCode).to.equal(200);
    expect(answer.headers["content-type"]).to.contain("text/plain; version=0.0.4");
    const lines = answer.body.split("\n");
    expect(lines).to.include('millrace_node_calls_total{outcome="ok"} 2');
    expect(lines).to.include('millrace_node_calls_total{outcome="deal-not-served"} 1');
    expect(lines).to.include("millrace_node_call_seconds_count 3");
    expect(lines).to.include("millrace_node_sandbox_processes 1");
    expect(lines).to.include("millrace_node_calls_waiting 0");
    expect(lines).to.include("millrace_node_epochs_attended_total 4");
    expect(lines).to.include("millrace_node_epochs_missed_total 1");
    expect(lines).to.include("millrace_node_gas_money 0.5");
    expect(lines).to.include('millrace_node_deals{state="ready"} 1');
    expect(answer.body).not.to.match(/very-secret|private input|bafkrei/);
  });
});
