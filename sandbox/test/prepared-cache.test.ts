import { expect } from "chai";
import { createPreparedCache } from "../src/prepared-cache.ts";

const MIB = 2 ** 20;

describe("prepared modules", () => {
  const wasm = Uint8Array.of(1, 2, 3);
  const preparedOf = (sizeBytes: number) => ({
    ...{ module: new Uint8Array(sizeBytes), pages: 1, maxPages: 4 },
    commitment: "0x00" as const,
  });

  it("are found by their content and the limit of their memory", () => {
    const cache = createPreparedCache();
    const prepared = preparedOf(1);
    expect(cache.source(wasm, 4)).to.deep.equal({ type: "module", wasm, maxPages: 4 });
    cache.add(wasm, 4, prepared);
    expect(cache.source(Uint8Array.of(1, 2, 3), 4)).to.deep.equal({ type: "prepared", prepared });
    expect(cache.source(wasm, 5).type).to.equal("module");
    expect(cache.source(Uint8Array.of(1, 2), 4).type).to.equal("module");
  });

  it("are forgotten when there are too many bytes of them, the one that was not used for longest first", () => {
    const cache = createPreparedCache();
    for (const maxPages of [1, 2, 3, 4]) cache.add(wasm, maxPages, preparedOf(16 * MIB));
    cache.source(wasm, 1);
    cache.add(wasm, 5, preparedOf(16 * MIB));
    const kept = [1, 2, 3, 4, 5].filter((maxPages) => cache.source(wasm, maxPages).type === "prepared");
    expect(kept).to.deep.equal([1, 3, 4, 5]);
  });
});
