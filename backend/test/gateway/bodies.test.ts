import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { expect } from "chai";
import {
  ask,
  echo,
  openGateway,
  refuse,
  respond,
  startWorker,
  type TestGateway,
  type Worker,
} from "./support.ts";

const mebibyte = 2 ** 20;

describe("what goes through a gateway", () => {
  let workers: [Worker, Worker];
  let gateway: TestGateway;

  beforeEach(async () => {
    workers = [await startWorker(1), await startWorker(2)];
    gateway = await openGateway(workers, { keepBodyBytes: mebibyte, headersMs: 300, bodyPauseMs: 300 });
  });
  afterEach(async () => {
    await gateway.close();
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  const calls = () => workers.flatMap((worker) => worker.calls);

  for (const chunked of [false, true])
    it(`default: 10 MB there and back, ${chunked ? "without" : "with"} a length`, async () => {
      const body = randomBytes(10_000_000);
      const headers: Record<string, string> = chunked ? {} : { "content-length": String(body.length) };
      const answer = await ask(gateway, "/run/7", { method: "POST", headers, body: inParts(body) });
      expect(answer.status).to.equal(200);
      expect(answer.body.equals(body)).to.equal(true);
      expect(calls()).to.have.length(1);
    });

  it("behavior: an answer without a length arrives part by part", async () => {
    const { promise: seen, resolve } = Promise.withResolvers<undefined>();
    for (const worker of workers)
      worker.behave((_received, response) => {
        response.write("first ");
        void seen.then(() => response.end("last"));
      });
    const response = await fetch(`${gateway.url}/run/7`);
    const parts: string[] = [];
    for await (const part of response.body ?? []) {
      parts.push(Buffer.from(part as Uint8Array).toString());
      resolve(undefined);
    }
    expect(parts.join("")).to.equal("first last");
  });

  it("behavior: a large body that no node took the beginning of goes to the next one", async () => {
    await workers[0].stop();
    const body = randomBytes(3 * mebibyte);
    for (let turn = 0; turn < 4; turn += 1) {
      const answer = await ask(gateway, "/run/7", { method: "POST", body: inParts(body) });
      expect(answer.body.equals(body), answer.text.slice(0, 200)).to.equal(true);
    }
  });

  it("error: a large body that a node refused cannot be sent again", async () => {
    for (const worker of workers) worker.behave(refuse(503, "not-ready"));
    const answer = await ask(gateway, "/run/7", { method: "POST", body: inParts(randomBytes(3 * mebibyte)) });
    expect([answer.status, answer.code]).to.deep.equal([503, "no-worker-answered"]);
    expect(calls()).to.have.length(1);
  });

  it("behavior: an answer that comes before the body is complete reaches the caller", async () => {
    // A node says so as soon as it has read the headers.
    const early = createServer((incoming, response) => {
      incoming.resume();
      refuse(413, "body-too-large")({ method: "", url: "", headers: {}, body: Buffer.alloc(0) }, response);
    }).listen(0, "127.0.0.1");
    await once(early, "listening");
    const { port } = early.address() as AddressInfo;
    gateway.workers.splice(0, 2, { node: 3, endpoint: `http://127.0.0.1:${port}` });
    try {
      const answer = await ask(gateway, "/run/7", { method: "POST", body: randomBytes(20 * mebibyte) });
      expect([answer.status, answer.code]).to.deep.equal([413, "body-too-large"]);
    } finally {
      early.close();
      early.closeAllConnections();
    }
  });

  it("behavior: more than the memory for bodies goes through without being kept", async () => {
    const small = await openGateway(workers, { keepBodiesBytes: 1_000 });
    try {
      const body = randomBytes(50_000);
      for (let turn = 0; turn < 3; turn += 1) {
        const answer = await ask(small, "/run/7", { method: "POST", body });
        expect(answer.body.equals(body)).to.equal(true);
      }
    } finally {
      await small.close();
    }
  });

  it("error: a body that stops arriving, and headers that never end", async () => {
    const slow = await raw("POST /run/7 HTTP/1.1\r\nhost: g\r\ncontent-length: 10\r\n\r\nhalf");
    expect(slow).to.match(/^HTTP\/1\.1 408 [\s\S]*"code":"body-slow"/);
    const loris = await raw("GET /run/7 HTTP/1.1\r\nhost: g\r\nx-a: ");
    expect(loris).to.match(/^HTTP\/1\.1 408 [\s\S]*"code":"request-invalid"/);
    expect(calls()).to.have.length(0);
  });

  const garbage: [string, string, RegExp][] = [
    ["no HTTP", "\x16\x03\x01\x02\x00\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "two lengths",
      "POST /run/7 HTTP/1.1\r\nhost: g\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
      /^HTTP\/1\.1 400 /,
    ],
    [
      ...([
        "a length and chunks",
        "POST /run/7 HTTP/1.1\r\nhost: g\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      ] as const),
      /^HTTP\/1\.1 400 /,
    ],
    ["no host", "GET /run/7 HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "large headers",
      `GET /run/7 HTTP/1.1\r\nhost: g\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      "no deal",
      "GET /run/0 HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n",
      /^HTTP\/1\.1 400 [\s\S]*deal-id-invalid/,
    ],
    [
      "TRACE",
      "TRACE /run/7 HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n",
      /^HTTP\/1\.1 405 [\s\S]*method-unsupported/,
    ],
    [
      "an upgrade",
      "GET /run/0 HTTP/1.1\r\nhost: g\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      /^HTTP\/1\.1 400 /,
    ],
  ];
  for (const [title, bytes, expected] of garbage)
    it(`error: ${title}`, async () => {
      expect(await raw(bytes, true)).to.match(expected);
      expect(calls()).to.have.length(0);
      expect((await ask(gateway, "/run/7", { method: "POST", body: "still there" })).text).to.equal(
        "still there",
      );
    });

  it("behavior: a whole URL is a call, as one to a proxy is", async () => {
    const bytes = "GET http://g/run/7/a?b HTTP/1.1\r\nhost: other\r\nconnection: close\r\n\r\n";
    expect(await raw(bytes, true)).to.match(/^HTTP\/1\.1 200 /);
    expect(calls()).to.have.length(1);
  });

  it("behavior: a browser may call from any page", async () => {
    const answer = await ask(gateway, "/run/7", {
      method: "OPTIONS",
      headers: { origin: "https://page.example", "access-control-request-headers": "millrace-permission" },
    });
    expect(answer.status).to.equal(204);
    expect(answer.headers).to.include({
      ...{ "access-control-allow-origin": "*", "access-control-allow-headers": "millrace-permission" },
    });
    expect((await ask(gateway, "/run/0")).headers["access-control-allow-origin"]).to.equal("*");
  });

  it("behavior: tells whether it is well, and what it counts", async () => {
    expect((await ask(gateway, "/healthz")).text).to.equal('{"status":"ok"}');
    await ask(gateway, "/run/7");
    workers[0].behave((_received, response) => respond(response, 500, "{}"));
    const { text, headers } = await ask(gateway, "/metrics");
    expect(headers["content-type"]).to.contain("text/plain");
    for (const line of [
      'calls_total{outcome="ok"} 1',
      'attempts_total{outcome="answered"} 1',
      "call_seconds_count 1",
    ])
      expect(text).to.contain(`millrace_gateway_${line}`);
    workers[0].behave(echo);
  });

  /** Sends bytes and reads until the gateway closes or, with `once`, until it has answered. */
  async function raw(bytes: string, isOnce = false): Promise<string> {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (isOnce) socket.end();
    });
    socket.write(bytes, "latin1");
    await once(socket, "close");
    return text;
  }
});

async function* inParts(body: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += 65_536) {
    yield body.subarray(at, at + 65_536);
    await Promise.resolve();
  }
}
