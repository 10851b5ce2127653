import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { inspectModule, limitModule } from "../src/index.ts";
import { memorySection, section, smallestCommand } from "./build-module.ts";
import "./seed.ts";

const maxPages = (wasm: Uint8Array) => inspectModule(wasm, { memoryMiB: 1_024 }).memory.maxPages;

describe("limitModule", () => {
  it("behavior: the memory's maximum is the lesser of limit and declaration, and the module stays valid", () => {
    const pages = fc.integer({ min: 16, max: 65_536 });
    fc.assert(
      fc.property(
        fc.option(pages, { nil: undefined }),
        fc.integer({ min: 1, max: 1_024 }),
        (declared, memoryMiB) => {
          const limited = limitModule(smallestCommand(memorySection(16, declared)), memoryMiB);
          expect(maxPages(limited)).to.equal(Math.min(declared ?? Infinity, memoryMiB * 16));
          expect(inspectModule(limited).memory.minPages).to.equal(16);
          expect(WebAssembly.validate(limited)).to.equal(true);
        },
      ),
    );
  });

  it("behavior: V8 refuses growth past the limit", () => {
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(limitModule(smallestCommand(), 2)),
      {},
    );
    const memory = exports["memory"] as { grow(pages: number): number };
    expect(memory.grow(31)).to.equal(1);
    expect(() => memory.grow(1)).to.throw(RangeError);
  });

  it("behavior: tables are limited, and nothing but the two sections changes", () => {
    const open = section(4, [2, 0x70, 0, 1, 0x6f, 1, 1, 9]);
    const limited = section(4, [2, 0x70, 1, 1, 0x80, 0x80, 0x10, 0x6f, 1, 1, 9]);
    expect(limitModule(smallestCommand(memorySection(1), open), 1)).to.deep.equal(
      smallestCommand(memorySection(1, 16), limited),
    );
    const wasm = readFileSync(new URL("../../sandbox/test/fixtures/words.wasm", import.meta.url));
    expect(limitModule(wasm, 1_024).length - wasm.length).to.be.within(0, 8);
  });
});
