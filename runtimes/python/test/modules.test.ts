import { createHash, createHmac } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { runs } from "../../../machine/test/seed.ts";
import { openScript, printed } from "./support/open-script.ts";

const PROGRAMS: Record<string, [script: string, prints: string]> = {
  json: [
    `import json
print(json.loads('{"a": [1, 2.5, "x", null, true]}'), json.loads('"\\\\u00e4\\\\ud83d\\\\ude00"'), json.dumps({"k": ["ä", None]}), json.dumps([1], separators=(",", ":")))
for text in ("{", "[1", '{"a":', '"a', "", "[1]]", "tru"):
    try: print(json.loads(text))
    except ValueError: print("no", end=" ")`,
    "{'a': [1, 2.5, 'x', None, True]} ä😀 {\"k\": [\"ä\", null]} [1]\nno no no no no no no ",
  ],
  re: [
    `import re
m = re.match(r"(\\w+)-(\\d+)", "abc-123")
print(m.group(0), m.group(1), m.group(2), m.groups(), m.span(2))
print(re.sub("a+", "<>", "caaat a"), re.search("[xyz]", "abc"), re.compile(" +").split("a  b c"))
print(re.sub(r"(\\w)(\\w)", r"\\2\\1", "abcd"), re.match("(a|ab)(c|bcd)$", "abcd").groups(), re.match("(?:x)(y)?", "x").groups())
print(re.match(".*b", "a" * 20000 + "b").end(), re.match("(a|b)*$", "ab" * 10000).span())`,
    "abc-123 abc 123 ('abc', '123') (4, 7)\nc<>t <> None ['a', 'b', 'c']\nbadc ('a', 'bcd') (None,)\n20001 (0, 20000)\n",
  ],
  base64: [
    `import base64
print(base64.b64encode(b"\\xfb\\xff?"), base64.urlsafe_b64encode(b"\\xfb\\xff?"), base64.b64decode("SGk="))
print(base64.b32encode(b"hello"), base64.b32decode("NBSWY3DP"), base64.b16encode(b"\\xab"), base64.urlsafe_b64decode("-_8_"))`,
    "b'+/8/' b'-_8_' b'Hi'\nb'NBSWY3DP' b'hello' b'AB' b'\\xfb\\xff?'\n",
  ],
  "binascii and struct": [
    `import binascii, struct
print(binascii.hexlify(b"\\x01\\xff"), binascii.unhexlify("01ff"), binascii.crc32(b"123456789"))
print(struct.pack("<IhB", 1, -2, 3), struct.unpack(">d", struct.pack(">d", 1.5)), struct.calcsize("<QI"))`,
    "b'01ff' b'\\x01\\xff' 3421780262\nb'\\x01\\x00\\x00\\x00\\xfe\\xff\\x03' (1.5,) 12\n",
  ],
  "math and cmath": [
    `import math, cmath
print(math.sqrt(2), math.floor(-1.5), math.isclose(math.sin(math.pi), 0, abs_tol=1e-9), math.factorial(20), math.inf)
print(abs(cmath.exp(1j * math.pi) + 1) < 1e-9)`,
    "1.4142135623730951 -2 True 2432902008176640000 inf\nTrue\n",
  ],
  collections: [
    `from collections import OrderedDict, namedtuple, deque
P = namedtuple("P", ["x", "y"])
d = OrderedDict([("z", 1), ("a", 2)])
q = deque([1, 2], 3)
q.append(3); q.append(4)
print(P(1, 2), P(3, 4).y, list(d), list(q))`,
    "P(x=1, y=2) 4 ['z', 'a'] [2, 3, 4]\n",
  ],
  "io, array, heapq, errno, sys": [
    `import io, array, heapq, errno, sys
s = io.StringIO(); s.write("a\\nb"); print(s.getvalue().splitlines(), io.BytesIO(b"xyz").read(2))
h = [3, 1, 2]; heapq.heapify(h); print(heapq.heappop(h), array.array("i", [1, 2])[1], sys.platform, sys.byteorder, sys.maxsize)
try: open("x")
except OSError as e: print(e)`,
    "['a', 'b'] b'xy'\n1 2 millrace little 2147483647\nthere are no files here; use io.StringIO or io.BytesIO\n",
  ],
  "functools and itertools": [
    `import functools, itertools
print(functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.partial(pow, 2)(5))
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(100), sorted([1, 3, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
print(list(itertools.islice(itertools.count(5), 2, 4)), list(itertools.chain([1], (2,))), list(itertools.product("ab", [1])))
print([(k, list(g)) for k, g in itertools.groupby("aab")], list(itertools.permutations([1, 2])), list(itertools.combinations("abc", 2)))`,
    "24 32\n354224848179261915075 [3, 2, 1]\n[7, 8] [1, 2] [('a', 1), ('b', 1)]\n[('a', ['a', 'a']), ('b', ['b'])] [(1, 2), (2, 1)] [('a', 'b'), ('a', 'c'), ('b', 'c')]\n",
  ],
  "urllib.parse and typing": [
    `from urllib.parse import quote, unquote, urlencode, parse_qs
from typing import Optional, List, Any
def f(x: Optional[List[int]] = None) -> Any: return x
print(quote("a b/ü?"), unquote("a%20b%C3%BC%zz"), urlencode({"a": "1 2"}), parse_qs("a=1&a=2&b=%26"), f([1]))`,
    "a%20b/%C3%BC%3F a bü%zz a=1+2 {'a': ['1', '2'], 'b': ['&']} [1]\n",
  ],
  "time: it goes on by what is used, and sleeping takes none": [
    `import time
start = time.time()
time.sleep(5)
print(5 <= time.time() - start < 5.1, time.localtime(0)[:6], time.mktime((1970, 1, 2, 0, 0, 0, 0, 0)), time.ticks_ms() > 0)`,
    "True (1970, 1, 1, 0, 0, 0) 86400 True\n",
  ],
  "deflate, random, secrets": [
    `import deflate, io, random, secrets
b = io.BytesIO()
with deflate.DeflateIO(b, deflate.GZIP) as d: d.write(b"a" * 1000)
print(len(b.getvalue()) < 100, deflate.DeflateIO(io.BytesIO(b.getvalue()), deflate.GZIP).read() == b"a" * 1000)
print(0 <= random.random() < 1, 1 <= random.randint(1, 6) <= 6, random.choice("a"), len(secrets.token_hex(8)), 0 <= secrets.randbelow(3) < 3)`,
    "True True\nTrue True a 16 True\n",
  ],
};

describe("python: modules", function () {
  this.timeout(120_000);

  for (const [name, [script, prints]] of Object.entries(PROGRAMS))
    it(name, () => expect(printed(script)).to.equal(prints));

  it("hashlib and hmac: what Node's crypto gives, for any bytes", () => {
    const call = openScript(`import hashlib, hmac
def handler(request):
    b = request.body
    whole = [hashlib.new(name, b).hexdigest() for name in ("sha256", "sha1", "md5")]
    parts = hashlib.sha256()
    parts.update(b[:7]); parts.update(b[7:])
    return whole + [parts.hexdigest(), hmac.new(b[:80], b, "sha256").hexdigest()]
`);
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
      const hash = (name: string) => createHash(name).update(body).digest("hex");
      const mac = createHmac("sha256", body.slice(0, 80)).update(body).digest("hex");
      const expected = [hash("sha256"), hash("sha1"), hash("md5"), hash("sha256"), mac];
      expect(JSON.parse(call({ body }).text)).to.deep.equal(expected);
    });
    fc.assert(property, {
      numRuns: runs(50),
      examples: [55, 56, 63, 64, 65].map((n) => [new Uint8Array(n)]),
    });
  });

  it("floats: any comes back to its last bit, with the digits that JavaScript shows", () => {
    const call = openScript(
      "def handler(request): return ' '.join(repr(float(t)) for t in request.text().split())\n",
    );
    const property = fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (numbers) => {
      const shown = call({
        body: numbers.map((n) => (Object.is(n, -0) ? "-0.0" : String(n))).join(" "),
      }).text;
      expect(shown.split(" ").filter(Boolean).map(Number)).to.deep.equal(numbers);
    });
    fc.assert(property, { numRuns: runs(100) });
  });

  it("json: any value comes back", () => {
    const call = openScript("import json\ndef handler(request): return json.dumps(request.json())\n");
    const property = fc.property(fc.json({ noUnicodeString: false }), (text) => {
      const value: unknown = JSON.parse(text);
      expect(JSON.parse(call({ body: text }).text)).to.deep.equal(value);
    });
    fc.assert(property, { numRuns: runs(50) });
  });
});
