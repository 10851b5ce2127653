import { expect } from "chai";
import type { Paths } from "./open.ts";

/** An exported function's name with its arguments as bits. */
export type Call = [name: string, ...args: bigint[]];

/**
 * Runs the calls one after the other natively, in the interpreter and in V8 alone, and expects the same results, traps and memory
 * from all, and the same fuel from the first two.
 * @returns the statuses, in the order of the calls
 */
export function expectAgreement(paths: Paths, text: string, calls: readonly Call[]): number[] {
  const wasm = paths.assemble(text);
  const prepared = paths.prepare(wasm);
  const native = paths.native(prepared);
  const replay = paths.interpreter(prepared);
  const plain = paths.plain(wasm, prepared.program.exports);
  expect(replay.start(), "the start").to.deep.equal(native.start());
  const statuses = calls.map(([name, ...args]) => {
    const shown = `${name}(${args.join(", ")})`;
    const outcome = native.invoke(name, args);
    expect(replay.invoke(name, args), `${shown} in the interpreter, against native`).to.deep.equal(outcome);
    const { status, results } = plain.invoke(name, args);
    expect({ status: outcome?.status, results: outcome?.results }, `${shown} against V8 alone`).to.deep.equal(
      {
        status,
        results,
      },
    );
    return status;
  });
  const memory = Buffer.from(native.memory());
  expect(Buffer.from(replay.memory()).equals(memory), "memory in the interpreter, against native").to.equal(
    true,
  );
  const own = plain.memory();
  if (own !== undefined) expect(memory.equals(own), "memory against V8 alone").to.equal(true);
  return statuses;
}
