/** The deterministic machine: how fast a run is replayed, hashed and shown step by step. */
import type { Measurement } from "../bench.ts";
import { measureInterpreter } from "./machine/interpreter.ts";

/** The figures of `measureInterpreter`. */
export function run(): Promise<Measurement> {
  return Promise.resolve({ figures: measureInterpreter(), peers: {} });
}
