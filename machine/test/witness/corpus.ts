import type { VerifyStepParameters } from "../../src/witness/verify.ts";

/** A step with its outcome. */
export interface CorpusCase {
  claim: VerifyStepParameters;
  /** The hash of the state after it. */
  next: Uint8Array;
}

/** As it stands in corpus.json: bytes in base64, what several cases have in common once. */
interface Stored {
  fixed: { codeRoot: string; dataRoot: string; inputRoot: string; inLen: number; maxPages: number }[];
  /** The index of `fixed`, the state's hash, the witness, the next state's hash. */
  cases: [fixed: number, stateHash: string, witness: string, next: string][];
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const decode = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"));

/** Writes cases as JSON, one a line. */
export function writeCorpus(corpus: readonly CorpusCase[]): string {
  const fixed = [...new Set(corpus.map(({ claim }) => claim.fixed))];
  const programs = fixed.map(({ codeRoot, dataRoot, inputRoot, ...numbers }) =>
    JSON.stringify({
      ...{ codeRoot: encode(codeRoot), dataRoot: encode(dataRoot), inputRoot: encode(inputRoot) },
      ...numbers,
    }),
  );
  const cases = corpus.map(({ claim, next }) =>
    JSON.stringify([
      ...[fixed.indexOf(claim.fixed), encode(claim.stateHash), encode(claim.witness), encode(next)],
    ]),
  );
  return `{"fixed":[\n${programs.join(",\n")}\n],"cases":[\n${cases.join(",\n")}\n]}\n`;
}

/** Reads what `writeCorpus` wrote. */
export function readCorpus(text: string): CorpusCase[] {
  const stored = JSON.parse(text) as Stored;
  const fixed = stored.fixed.map(({ codeRoot, dataRoot, inputRoot, ...numbers }) => ({
    ...{ codeRoot: decode(codeRoot), dataRoot: decode(dataRoot), inputRoot: decode(inputRoot) },
    ...numbers,
  }));
  return stored.cases.map(([program, stateHash, witness, next]) => {
    const parts = fixed[program];
    if (parts === undefined) throw new Error(`The corpus has no program ${program}.`);
    return {
      claim: { fixed: parts, stateHash: decode(stateHash), witness: decode(witness) },
      next: decode(next),
    };
  });
}
