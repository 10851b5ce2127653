import type { VerifyStepParameters } from "../../src/witness/verify.ts";

/** A step with its outcome. */
export interface CorpusCase {
  claim: VerifyStepParameters;
  /** The hash of the state after it. */
  next: Uint8Array;
}

/** As it stands in corpus.json: bytes in hex. Cases are columns, since Solidity reads lists of one type. */
interface Stored {
  /** What several cases have in common. */
  fixed: { codeRoot: string; dataRoot: string; inputRoot: string; inLen: number; maxPages: number }[];
  /** By case, an index of `fixed`. */
  program: number[];
  states: string[];
  witnesses: string[];
  nextStates: string[];
}

const encode = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;
const decode = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.slice(2), "hex"));

/** Writes cases as JSON, one a line. */
export function writeCorpus(corpus: readonly CorpusCase[]): string {
  const fixed = [...new Set(corpus.map(({ claim }) => claim.fixed))];
  const programs = fixed.map(({ codeRoot, dataRoot, inputRoot, ...numbers }) =>
    JSON.stringify({
      ...{ codeRoot: encode(codeRoot), dataRoot: encode(dataRoot), inputRoot: encode(inputRoot) },
      ...numbers,
    }),
  );
  const column = (bytesOf: (one: CorpusCase) => Uint8Array): string =>
    corpus.map((one) => JSON.stringify(encode(bytesOf(one)))).join(",\n");
  return [
    `{"fixed":[\n${programs.join(",\n")}\n]`,
    `"program":${JSON.stringify(corpus.map(({ claim }) => fixed.indexOf(claim.fixed)))}`,
    `"states":[\n${column(({ claim }) => claim.stateHash)}\n]`,
    `"witnesses":[\n${column(({ claim }) => claim.witness)}\n]`,
    `"nextStates":[\n${column(({ next }) => next)}\n]}\n`,
  ].join(",\n");
}

/** Reads what `writeCorpus` wrote. */
export function readCorpus(text: string): CorpusCase[] {
  const stored = JSON.parse(text) as Stored;
  const programs = stored.fixed.map(({ codeRoot, dataRoot, inputRoot, ...numbers }) => ({
    ...{ codeRoot: decode(codeRoot), dataRoot: decode(dataRoot), inputRoot: decode(inputRoot) },
    ...numbers,
  }));
  return stored.program.map((index, at) => {
    const [fixed, state, witness, next] = [
      programs[index],
      ...[stored.states[at], stored.witnesses[at], stored.nextStates[at]],
    ];
    if (fixed === undefined || state === undefined || witness === undefined || next === undefined)
      throw new Error(`Case ${at} of the corpus is not whole.`);
    return { claim: { fixed, stateHash: decode(state), witness: decode(witness) }, next: decode(next) };
  });
}
