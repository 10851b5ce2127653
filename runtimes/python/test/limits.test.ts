import { expect } from "chai";
import { buildScriptModule, openReplay, parseManifest, prepare, verifyStep } from "@millrace/machine";
import { runNatively, replay } from "../../../machine/test/paths/run-input.ts";
import { createSandboxes } from "../../../sandbox/src/index.ts";
import type { CallResult, Sandbox } from "../../../sandbox/src/index.ts";
import { makeRequest } from "../../../sandbox/test/helpers.ts";
import { encodeCall, openScript, printed, runtimeWasm } from "./support/open-script.ts";

const CID = `bafkrei${"a".repeat(52)}`;

/** Each nests without end; Python's answer is a RuntimeError. */
const RECURSIONS: Record<string, string> = {
  "a function": "def f(n): return f(n + 1)\nf(0)",
  "with finally": "def f(n):\n  try: f(n + 1)\n  finally: pass\nf(0)",
  "with any arguments": "def f(*a, **k): return f(*a, **k)\nf(1, b=2)",
  "a constructor": "class A:\n  def __init__(self): A()\nA()",
  "an attribute": "class A:\n  def __getattr__(self, n): return self.x\nA().y",
  "an operator": "class A:\n  def __add__(self, n): return self + n\nA() + 1",
  "a comparison": "class A:\n  def __eq__(self, o): return self == o\nA() == A()",
  "a text of itself": "class A:\n  def __str__(self): return str(self)\nstr(A())",
  "a format": "class A:\n  def __str__(self): return f'{self}'\nstr(A())",
  "an order in a heap": "import heapq\nclass A:\n  def __lt__(self, o): heapq.heapify([self, o])\nA() < A()",
  "a replacement in a pattern": "import re\ndef s(m): return re.sub('a', s, 'a')\ns(0)",
  "generators in C code": "def s(n): return sum(s(n + 1) for i in range(1))\ns(0)",
  "a stream that prints on itself":
    "import io\nclass A(io.IOBase):\n  def write(self, b): print(1, file=self)\nprint(1, file=A())",
  "compiling a long condition": "exec('x = ' + 'a if b else ' * 3000 + '1')",
  "a property": "class A:\n  @property\n  def x(self): return self.x\nA().x",
  generators: "def g(): yield from g()\nlist(g())",
  "a callback": "def k(x): return sorted([2, 1], key=k)\nk(1)",
  iterators: "m = [1]\nfor i in range(2000): m = map(str, m)\nlist(m)",
  "printing a deep list": "l = []\nfor i in range(20000): l = [l]\nrepr(l)",
  "printing a list in itself": "d = {}\nd['d'] = d\nrepr(d)",
  "JSON of a deep list": "import json\nl = []\nfor i in range(20000): l = [l]\njson.dumps(l)",
  "comparing deep lists": "l = []; m = []\nfor i in range(20000): l = [l]; m = [m]\nl == m",
  "comparing deep dictionaries": "l = {}; m = {}\nfor i in range(20000): l = {1: l}; m = {1: m}\nl == m",
  "a hash of deep tuples": "l = ()\nfor i in range(20000): l = (l,)\nhash(l)",
  "compiling deep brackets": "exec('x = ' + '[' * 2000 + ']' * 2000)",
  "compiling deep calls": "exec('x = ' + 'f(' * 2000 + ')' * 2000)",
  "exec in exec": "g = {'e': 'exec(e)'}\nexec(g['e'], g)",
};

describe("python: limits", function () {
  this.timeout(300_000);
  const sandboxes = createSandboxes();
  const opened: Sandbox[] = [];
  after(async () => {
    await Promise.all(opened.map((sandbox) => sandbox.close()));
    sandboxes.close();
  });
  async function call(script: string, limits: object = {}): Promise<CallResult> {
    const manifest = parseManifest({ name: "limited", runtime: CID, answer: "cgi", limits });
    const module = buildScriptModule(new TextEncoder().encode(script), manifest);
    const sandbox = await sandboxes.open({ module, runtime: runtimeWasm, threads: 1 });
    opened.push(sandbox);
    return sandbox.call(makeRequest());
  }

  it("endless recursion of every kind is a RuntimeError that can be caught", async () => {
    const tried = Object.entries(RECURSIONS).map(
      ([name, script]) =>
        `def tried():\n${script.replace(/^/gm, "  ")}\n` +
        `try:\n  tried()\n  print("${name}: it ended")\nexcept RuntimeError as e: print("${name}:", e)\n`,
    );
    const { outcome, stderr } = await call(`${tried.join("")}def handler(request): return 'goes on'\n`);
    const expected = Object.keys(RECURSIONS).map((name) => `${name}: maximum recursion depth exceeded\n`);
    expect(stderr).to.equal(expected.join(""));
    expect(outcome).to.equal("ok");
  });

  it("functions nest a thousand deep, constructors and callbacks two hundred", () => {
    const script = `
def f(n): return 0 if n == 0 else 1 + f(n - 1)
class A:
    def __init__(self, n): self.inner = A(n - 1) if n else None
def k(n): return n if n == 0 else max([n - 1], key=k)
A(200)
print(f(1000), k(200))`;
    expect(printed(script)).to.equal("1000 199\n");
  });

  it("an endless loop runs out of fuel", async () => {
    const result = await call("def handler(request):\n  while True: pass\n", { fuel: 50_000_000 });
    expect(result).to.include({ outcome: "out-of-fuel" });
  });

  it("memory at its limit is a MemoryError that can be caught, and ends the call where it is not", async () => {
    const limits = { memoryMiB: 16 };
    const hoard = "l = []\n    while True: l.append(bytes(100000))";
    const caught = await call(
      `def handler(request):\n  try:\n    ${hoard}\n  except MemoryError as e:\n    n = len(l)\n    l = None\n    return str(n)\n`,
      limits,
    );
    expect(caught.outcome, caught.stderr).to.equal("ok");
    expect(Number(new TextDecoder().decode(caught.answer?.body))).to.be.within(80, 160);
    const fatal = await call(`def handler(request):\n    ${hoard}\n`, limits);
    expect(fatal.outcome).to.equal("memory");
    expect(fatal.stderr).to.contain("MemoryError");
  });

  it("garbage is collected: a hundred times the memory passes through it", () => {
    const scripts = [
      "x = 0.0\nfor i in range(300000): x += 0.5\nprint(x)",
      "d = {}\nfor i in range(20000): d[i % 50] = [i, str(i), bytes(1000)]\nprint(len(d), d[7][0])",
      "def g():\n  for i in range(20000): yield [i, bytes(1000)]\nn = 0\nfor x in g(): n += len(x)\nprint(n)",
      "def f(n): return [bytes(1000), n] if n == 0 else f(n - 1)\nfor i in range(2000): f(10)\nprint('ok')",
    ];
    const prints = ["150000.0\n", "50 19957\n", "40000\n", "ok\n"];
    const run = (script: string) =>
      openScript(`def main():\n${script.replace(/^/gm, "  ")}\nmain()\ndef handler(request): pass\n`, {
        memoryMiB: 24,
      })();
    expect(scripts.map((script) => run(script).log)).to.deep.equal(prints);
  });

  it("what is in use survives collections, wherever it is held", () => {
    const script = `
class Node:
    def __init__(self, value, rest): self.value = value; self.rest = rest
def garbage():
    for i in range(45): bytearray(100000)
def numbers():
    held = [str(i) for i in range(50)]
    for i in range(50):
        garbage()
        yield held[i]
def closure():
    kept = ["in", "closure"]
    def inner():
        garbage()
        return kept
    return inner
def deep(n, text):
    garbage()
    if n == 0: return text
    return deep(n - 1, text + str(n))
def guarded():
    held = {"a": [1, 2, 3]}
    try:
        garbage()
        raise ValueError(held)
    except ValueError as e:
        garbage()
        return e.args[0]["a"]
    finally:
        garbage()
chain = None
for i in range(20): chain = Node(i, chain); garbage()
total = 0
while chain: total += chain.value; chain = chain.rest
text = ""
for part in numbers(): text += part
print(total, text[-6:], closure()(), deep(8, "x"), guarded())`;
    expect(printed(script)).to.equal("190 474849 ['in', 'closure'] x87654321 [1, 2, 3]\n");
  });

  it("native = interpreter, and a random step passes from its witness alone", () => {
    const script = Buffer.from(
      "import json, re, hashlib\ndef handler(request):\n  try: 1 / 0\n  except ZeroDivisionError as e: pass\n" +
        "  return {'hash': hashlib.sha256(request.body).hexdigest(), 'words': re.sub('[aeiou]', '', request.text()), 'x': 1.5 * 2}\n",
    );
    const prepared = prepare(runtimeWasm, { maxPages: 256, script });
    const input = encodeCall({ body: "some text", path: "/?a=b" });
    const fuel = 10n ** 9n;
    const native = runNatively({ prepared, input, fuel });
    expect(native).to.include({ status: 1, exitCode: 0 });
    const { result, steps } = replay({ prepared, input, fuel });
    expect(result).to.deep.equal(native);
    const half = native.fuelUsed / 2n;
    expect(replay({ prepared, input, fuel: half }).result).to.deep.equal(
      runNatively({ prepared, input, fuel: half }),
    );

    const replayed = openReplay({ program: prepared.program, input, fuel });
    const step = Math.floor(Math.random() * (steps - 1));
    const claim = {
      fixed: replayed.fixed,
      stateHash: replayed.stateHashAt(step),
      witness: replayed.witnessAt(step),
    };
    expect(verifyStep(claim), `step ${step}`).to.deep.equal(replayed.stateHashAt(step + 1));
  });
});
