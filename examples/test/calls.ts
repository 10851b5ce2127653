import { existsSync, readdirSync } from "node:fs";
import { PAGES_PER_MIB } from "@millrace/machine";
import { prepare } from "@millrace/machine/prepare";
import { encodeCall } from "@millrace/sandbox";
import { readExample, readExampleManifest } from "./open-example.ts";

/** The examples with calls of their own, in test/cases.json. */
export const examples = readdirSync(new URL("..", import.meta.url)).filter((name) =>
  existsSync(new URL(`../${name}/test/cases.json`, import.meta.url)),
);

interface Case {
  name: string;
  request?: {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    bodyFile?: string;
  };
}

/** An example as the machine runs it. */
interface PreparedExample {
  prepared: ReturnType<typeof prepare>;
  /** Its calls, encoded as the input of the machine. */
  calls: { name: string; input: Uint8Array }[];
}

/** Prepares the prebuilt module of an example and its calls. */
export function prepareExample(example: string): PreparedExample {
  const manifest = readExampleManifest(example);
  const prepared = prepare(readExample(example, manifest.module ?? ""), {
    maxPages: manifest.limits.memoryMiB * PAGES_PER_MIB,
  });
  const cases = JSON.parse(readExample(example, "test/cases.json").toString()) as Case[];
  const calls = cases.map(({ name, request = {} }) => {
    const body =
      request.bodyFile === undefined
        ? Buffer.from(request.body ?? "")
        : readExample(example, `test/${request.bodyFile}`);
    const [path = "", ...query] = (request.path ?? "").split("?");
    const { input } = encodeCall(
      {
        ...{ requestId: "replay", method: request.method ?? (body.length > 0 ? "POST" : "GET"), path },
        ...{ query: query.join("?"), headers: request.headers ?? {}, body },
        ...{ acceptedAtMs: 1_700_000_000_000, seed: new Uint8Array(32).fill(7) },
      },
      manifest,
    );
    return { name, input };
  });
  return { prepared, calls };
}
