import { existsSync, readdirSync } from "node:fs";
import { encodeInput } from "@millrace/machine/native";
import { prepare } from "@millrace/machine/prepare";
import { cgiEnvironment } from "../../sandbox/src/cgi.ts";
import { readExample, readExampleManifest } from "./open-example.ts";

const PAGES_A_MIB = 16;

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
    maxPages: manifest.limits.memoryMiB * PAGES_A_MIB,
  });
  const cases = JSON.parse(readExample(example, "test/cases.json").toString()) as Case[];
  const calls = cases.map(({ name, request = {} }) => {
    const body =
      request.bodyFile === undefined
        ? Buffer.from(request.body ?? "")
        : readExample(example, `test/${request.bodyFile}`);
    const [path = "", ...query] = (request.path ?? "").split("?");
    const env = cgiEnvironment(
      {
        ...{ requestId: "replay", method: request.method ?? (body.length > 0 ? "POST" : "GET"), path },
        ...{ query: query.join("?"), headers: request.headers ?? {}, body },
      },
      manifest,
    );
    const input = encodeInput({
      ...{ args: [manifest.name], env, stdin: body, outputBytes: manifest.limits.outputMiB * 2 ** 20 },
      ...{ acceptedAtMs: 1_700_000_000_000, seed: new Uint8Array(32).fill(7) },
    });
    return { name, input };
  });
  return { prepared, calls };
}
