import { expect } from "chai";
import { createPreparedCache } from "../src/prepared-cache.ts";

const MIB = 2 ** 20;

describe("prepared modules", () => {
  const wasm = Uint8Array.of(1, 2, 3);
  const part = new Uint8Array(32);
  const preparedOf = (sizeBytes: number) => ({
    ...{ module: new Uint8Array(sizeBytes), pages: 1, maxPages: 4 },
    parts: { before: part, passiveDataRoot: part, after: part },
  });
  /** A cache, and what it had prepared, as `<first byte> <maxPages>`. */
  function open(sizeBytes: number) {
    const asked: string[] = [];
    const cache = createPreparedCache(async ([first], maxPages) => {
      asked.push(`${first ?? ""} ${maxPages}`);
      await Promise.resolve();
      if (maxPages === 0) throw new Error("no memory");
      return preparedOf(sizeBytes);
    });
    return { cache, asked };
  }

  it("are found by their content and the limit of their memory", async () => {
    const { cache, asked } = open(1);
    const first = await cache.get(wasm, 4);
    expect(await cache.get(Uint8Array.of(1, 2, 3), 4)).to.deep.equal(first);
    const others = [await cache.get(wasm, 5), await cache.get(Uint8Array.of(2), 4)];
    expect(new Set([first, ...others].map(({ key }) => key)).size).to.equal(3);
    expect(asked).to.deep.equal(["1 4", "1 5", "2 4"]);
  });

  it("are prepared once for all who ask at the same time; a failure is told to each, and tried again", async () => {
    const { cache, asked } = open(1);
    const [one, other] = await Promise.all([cache.get(wasm, 4), cache.get(wasm, 4)]);
    expect(one).to.deep.equal(other);
    const failures = await Promise.allSettled([cache.get(wasm, 0), cache.get(wasm, 0)]);
    expect(failures.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    await cache.get(wasm, 0).catch(() => undefined);
    expect(asked).to.deep.equal(["1 4", "1 0", "1 0"]);
  });

  it("are forgotten when there are too many bytes of them, the one that was not used for longest first", async () => {
    const { cache, asked } = open(16 * MIB);
    for (const maxPages of [1, 2, 3, 4, 1, 5]) await cache.get(wasm, maxPages);
    asked.splice(0);
    for (const maxPages of [1, 3, 4, 5]) await cache.get(wasm, maxPages);
    expect(asked).to.deep.equal([]);
    await cache.get(wasm, 2);
    expect(asked).to.deep.equal(["1 2"]);
  });
});
