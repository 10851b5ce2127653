import { expect } from "chai";
import { openScript } from "./support/open-script.ts";
import type { Call } from "./support/open-script.ts";

const JSON_TYPE = "Content-Type: application/json";
const TEXT_TYPE = "Content-Type: text/plain; charset=utf-8";
const R = "from millrace import Response\n";

/** What the handler's body is, what it answers, and to which call. */
const ANSWERS: Record<string, { script: string; call?: Call; head: string[]; body?: string }> = {
  "a text": { script: "return 'Grüße'", head: ["Status: 200 OK", TEXT_TYPE], body: "Grüße" },
  bytes: {
    script: "return b'\\x00x'",
    head: ["Status: 200 OK", "Content-Type: application/octet-stream"],
    body: "\0x",
  },
  "a dictionary": {
    script: "return {'a': [1, None, 'x']}",
    head: ["Status: 200 OK", JSON_TYPE],
    body: '{"a": [1, null, "x"]}',
  },
  "a list": { script: "return [1, 2.5, True]", head: ["Status: 200 OK", JSON_TYPE], body: "[1, 2.5, true]" },
  nothing: { script: "return None", head: ["Status: 204 No Content"], body: "" },
  "a tuple with a status": {
    script: "return 'gone', 410",
    head: ["Status: 410 Gone", TEXT_TYPE],
    body: "gone",
  },
  "a tuple with headers": {
    script: "return {}, 201, {'Location': '/1'}",
    head: ["Status: 201 Created", "Location: /1", JSON_TYPE],
    body: "{}",
  },
  "a Response with its own type and a header twice": {
    script: "return Response('<p>', 404, {'content-type': 'text/html', 'Set-Cookie': ['a=1', 'b=2']})",
    head: ["Status: 404 Not Found", "content-type: text/html", "Set-Cookie: a=1", "Set-Cookie: b=2"],
    body: "<p>",
  },
  "the request": {
    script:
      "q = request.query\n    return [request.method, request.path, sorted(q), q['x'], request.queries, request.text(), request.id]",
    call: { method: "PUT", path: "/a/b?x=1&y=a%20b+c&x=%C3%BC&z", body: "Körper" },
    head: ["Status: 200 OK", JSON_TYPE],
    body: '["PUT", "/a/b", ["x", "y", "z"], "ü", [["x", "1"], ["y", "a b c"], ["x", "ü"], ["z", ""]], "Körper", "test"]',
  },
  "headers in lower case, the body's type among them": {
    script:
      "return [request.headers['x-trace'], request.headers['content-type'], request.headers.get('none')]",
    call: { headers: { "X-Trace": "7", "content-type": "text/x" }, body: "x" },
    head: ["Status: 200 OK", JSON_TYPE],
    body: '["7", "text/x", null]',
  },
  "a body in JSON": {
    script: "return request.json()['n'] + 1, 200",
    call: { body: '{"n": 41}' },
    head: ["Status: 200 OK", JSON_TYPE],
    body: "42",
  },
  "the function's variables, without the request's": {
    script:
      "import os; return [request.env, os.environ['GREETING'], os.getenv('NONE', 1), 'PATH_INFO' in os.environ]",
    call: { env: { GREETING: "Hi" } },
    head: ["Status: 200 OK", JSON_TYPE],
    body: '[{"GREETING": "Hi"}, "Hi", 1, true]',
  },
};

/** What is wrong, and what the log says of it. */
const FAILURES: Record<string, { script: string; log: string }> = {
  "a syntax error": {
    script: "x = 1\ndef handler(request):\n    return 1 +\n",
    log: '  File "handler.py", line 3\nSyntaxError: invalid syntax',
  },
  "wrong indentation": { script: "def handler(request):\nreturn 1\n", log: '  File "handler.py", line 2\n' },
  "no handler": { script: "x = 1", log: "NameError: the script defines no function handler(request)" },
  "an exception in the handler": {
    script: "def f(): return {}['k']\ndef handler(request):\n    return f()\n",
    log: '  File "handler.py", line 3, in handler\n  File "handler.py", line 1, in f\nKeyError: k',
  },
  "an exception in the script": { script: "import nothing", log: "ImportError: no module named 'nothing'" },
  "an answer of another type": {
    script: "def handler(request): return object()",
    log: "TypeError: the body is of type object; return str, bytes, dict, list",
  },
  "a status that is none": {
    script: "def handler(request): return '', 99",
    log: "ValueError: the status is 99",
  },
  "a line end in a header": {
    script: "def handler(request): return '', 200, {'X': 'a\\r\\nSet-Cookie: b'}",
    log: "ValueError: the value of header X has a control character",
  },
  "a header whose name is none": {
    script: "def handler(request): return '', 200, {'a b': ''}",
    log: "ValueError: 'a b' is no name of a header",
  },
  "a body that is no UTF-8, as text": {
    script: "def handler(request): return b'\\xff'.decode()",
    log: "UnicodeError",
  },
};

describe("python: answers", function () {
  this.timeout(120_000);

  for (const [name, { script, call, head, body }] of Object.entries(ANSWERS))
    it(name, () => {
      const outcome = openScript(`${R}def handler(request):\n    ${script}\n`)(call);
      expect(outcome.log).to.equal("");
      const lines = outcome.head.split("\r\n");
      expect(lines[0]).to.equal(head[0]);
      expect(lines.toSorted()).to.deep.equal(head.toSorted());
      expect(outcome.text).to.equal(body);
      expect(outcome).to.include({ status: 1, exitCode: 0 });
    });

  for (const [name, { script, log }] of Object.entries(FAILURES))
    it(`error: ${name}`, () => {
      const outcome = openScript(script)();
      expect(outcome.log).to.contain(log);
      expect(outcome).to.include({ status: 1, exitCode: 1, text: "" });
    });

  it("what is printed goes to the log, standard output is the answer alone", () => {
    const outcome = openScript(
      "import sys\nprint('start', 1)\ndef handler(request):\n    print('ä', end='')\n    sys.stdout.write('!\\n')\n    return 'x'\n",
    )();
    expect(outcome).to.include({ log: "start 1\nä!\n", text: "x" });
  });

  it("nothing is left of the last call", () => {
    const call = openScript("seen = []\ndef handler(request):\n    seen.append(1)\n    return seen\n");
    expect([call().text, call().text]).to.deep.equal(["[1]", "[1]"]);
  });

  it("sys.exit ends the call with its code, without an answer", () => {
    const outcome = openScript("import sys\ndef handler(request): sys.exit(3)\n")();
    expect(outcome).to.include({ status: 1, exitCode: 3, text: "" });
  });

  it("a script is only compiled where MILLRACE_CHECK is set", () => {
    const check = (script: string) => openScript(script)({ env: { MILLRACE_CHECK: "1" } });
    expect(check("raise ValueError")).to.include({ exitCode: 0, text: "", log: "" });
    const wrong = check("def handler(request):\n  x = (\n");
    expect(wrong.exitCode).to.equal(1);
    expect(wrong.log).to.match(/File "handler.py", line \d+\nSyntaxError/);
  });

  it("a script may begin with a byte order mark, and be as large as they come", () => {
    const large = `\ufeff# ${"x".repeat(2 ** 20)}\ndef handler(request): return 'large'\n`;
    expect(openScript(large)().text).to.equal("large");
  });

  it("time begins at the call's acceptance, and chance is the call's seed", () => {
    const script =
      "import time, random, os\ndef handler(r):\n    return [time.time_ns() // 1000000, time.gmtime()[:5], random.random(), os.urandom(4).hex()]\n";
    const call = openScript(script);
    const seeded = (fill: number) =>
      JSON.parse(call({ seed: new Uint8Array(32).fill(fill) }).text) as unknown[];
    const [now, date] = seeded(1);
    expect(now).to.be.within(1_700_000_000_000, 1_700_000_000_100);
    expect(date).to.deep.equal([2023, 11, 14, 22, 13]);
    expect(seeded(1).slice(2)).to.deep.equal(seeded(1).slice(2));
    expect(seeded(1)[2]).to.not.equal(seeded(2)[2]);
    expect(seeded(1)[3]).to.not.equal(seeded(2)[3]);
  });
});
