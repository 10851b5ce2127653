import type { TSchema } from "typebox";
import { Value } from "typebox/value";

/**
 * Says of each wrong field of `value` what to do: `set listen.port to a port from 0 (any free one) to 65535`.
 *
 * @returns one sentence part per field, each field once
 */
export function describeProblems(schema: TSchema, value: unknown): string[] {
  const problems = new Map<string, string>();
  for (const error of Value.Errors(schema, value)) {
    const at = error.instancePath.split("/").slice(1);
    for (const path of fieldsOf(error.params, at)) {
      const name = path.join(".");
      if (!problems.has(name)) problems.set(name, sentence(schema, path, name));
    }
  }
  return [...problems.values()];
}

/** The fields an error is about: those it lists as missing or unknown, or the one it points at. */
function fieldsOf(params: unknown, at: string[]): string[][] {
  if (typeof params === "object" && params !== null) {
    for (const key of ["requiredProperties", "additionalProperties"] as const) {
      const names: unknown = (params as Record<string, unknown>)[key];
      if (Array.isArray(names)) return names.map((name) => [...at, String(name)]);
    }
  }
  return [at];
}

function sentence(schema: TSchema, path: string[], name: string): string {
  if (path.length === 0) return "the file must hold one JSON object";
  const described = describe(schema, path);
  return described === undefined ? `remove ${name}, it is not a setting` : `set ${name} to ${described}`;
}

function describe(schema: unknown, path: string[]): string | undefined {
  let at: unknown = schema;
  for (const part of path) {
    if (typeof at !== "object" || at === null) return undefined;
    const { properties, items } = at as { properties?: Record<string, unknown>; items?: unknown };
    at = properties?.[part] ?? items;
  }
  return (at as { description?: string } | undefined)?.description;
}
