import { expect } from "chai";
import { printed } from "./support/open-script.ts";

/** Programs by what they show, with what they print. */
const PROGRAMS: Record<string, [script: string, prints: string]> = {
  "try, except, else and finally, in order": [
    `
def f(x):
    try:
        y = 1 / x
    except ZeroDivisionError as e:
        print("except", e)
        return "no"
    else:
        print("else")
    finally:
        print("finally")
    return y
print(f(2), f(0))`,
    "else\nfinally\nexcept divide by zero\nfinally\n0.5 no\n",
  ],
  "an exception passes through functions, and through C code that calls back": [
    `
def key(x):
    if x == 3: raise ValueError("three")
    return x
for call in (lambda: sorted([1, 2, 3], key=key), lambda: list(map(key, [3])), lambda: max([3], key=key)):
    try:
        call()
    except ValueError as e:
        print(repr(e))`,
    "ValueError('three',)\n".repeat(3),
  ],
  "nested handlers, and a raise within them": [
    `
try:
    try:
        try:
            {}["a"]
        except KeyError:
            raise ValueError("inner")
        finally:
            print("cleaned")
    except TypeError:
        print("never")
except ValueError as e:
    print(e)
try:
    try: raise KeyError("k")
    except KeyError: raise
except LookupError as e: print(type(e).__name__)`,
    "cleaned\ninner\nKeyError\n",
  ],
  "finally with break, continue and return": [
    `
def f():
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: return i
        finally:
            print("f", i)
print(f())
while True:
    try: break
    finally: print("left")`,
    "f 0\nf 1\nf 2\nf 3\n3\nleft\n",
  ],
  "a generator: throw, close, return, yield from, and StopIteration": [
    `
def inner():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print("got", e)
        yield 3
    finally:
        print("closed")
    return "result"
def outer():
    print((yield from inner()))
g = outer()
print(next(g), g.throw(ValueError("x")))
try: next(g)
except StopIteration: print("stop")
g = inner()
next(g)
g.close()
def broken():
    yield 1
    raise IndexError("in generator")
try:
    for x in broken(): print(x)
except IndexError as e: print(e)`,
    "got x\n1 3\nclosed\nresult\nstop\nclosed\n1\nin generator\n",
  ],
  "with, and an exception that it swallows": [
    `
class Guard:
    def __enter__(self): return self
    def __exit__(self, kind, value, trace):
        print("exit", kind.__name__ if kind else None)
        return kind is KeyError
with Guard(): pass
with Guard(): {}["k"]
try:
    with Guard(): [][0]
except IndexError: print("through")`,
    "exit None\nexit KeyError\nexit IndexError\nthrough\n",
  ],
  "exceptions of one's own, with inheritance": [
    `
class Base(Exception):
    def __init__(self, code): self.code = code
class Derived(Base): pass
try: raise Derived(7)
except Base as e: print(e.code, isinstance(e, Derived))
class Iter:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 2: raise StopIteration
        return self.n
print(list(Iter()), sum(Iter()))
class Get:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i
print(list(Get()), hasattr(Get(), "nothing"))`,
    "7 True\n[1, 2] 3\n[0, 1, 2] False\n",
  ],
  "whole numbers of any size, floats, texts and formats": [
    `
print(2**100 // 3, -7 // 2, -7 % 3, 1e308 * 10, 0.1 + 0.2, int("ff", 16))
print(f"{3.14159:.2f}|{'x':>5}|{255:#x}|{1234567:,}", "%05d %s" % (42, None), "{:<4}|".format("ab"))
print("ÄÖÜ".lower(), "straße"[3:5], "a,b".split(","), "x".join(["1", "2"]), ascii_len := len("漢字"))`,
    "422550200076076467165567735125 -4 2 inf 0.30000000000000004 255\n3.14|    x|0xff|1,234,567 00042 None ab  |\nÄÖÜ aß ['a', 'b'] 1x2 2\n",
  ],
  "closures, decorators, comprehensions, keywords and unpacking": [
    `
def twice(f):
    def g(*args, **kwargs): return f(*args, **kwargs) * 2
    return g
@twice
def add(a, b=1, *, c=0): return a + b + c
print(add(1), add(1, 2, c=3), {k: v for k, v in zip("ab", [1, 2])}["b"], sorted({x % 3 for x in range(9)}))
first, *rest = [1, 2, 3]
print(first, rest)
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
c = counter()
print(c(), c())`,
    "4 12 2 [0, 1, 2]\n1 [2, 3]\n1 2\n",
  ],
};

describe("python: the language", function () {
  this.timeout(120_000);

  for (const [name, [script, prints]] of Object.entries(PROGRAMS))
    it(name, () => expect(printed(script)).to.equal(prints));

  it("ten thousand exceptions leave nothing behind on the stack", () => {
    const script = `
def f(n):
    if n == 0: raise ValueError(n)
    try: f(n - 1)
    except KeyError: pass
caught = 0
for i in range(10000):
    try: f(i % 20)
    except ValueError: caught += 1
print(caught)`;
    expect(printed(script)).to.equal("10000\n");
  });
});
