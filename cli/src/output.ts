import { writeSync } from "node:fs";
import pc from "picocolors";
import type { ErrorView } from "./errors.ts";

/** Colours that fall away where the stream is no terminal or NO_COLOR is set. */
export type Paint = ReturnType<typeof pc.createColors>;

/** Colours for what goes to a stream. */
export function paintFor(
  stream: { isTTY?: boolean | undefined },
  env: NodeJS.ProcessEnv = process.env,
): Paint {
  const wanted = stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return pc.createColors(wanted);
}

/** One JSON text over several lines; bigints become decimal strings. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, bigintsAsText, 2);
}

/** The same on one line, for commands that print one object after the other. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value, bigintsAsText);
}

function bigintsAsText(_key: string, inner: unknown): unknown {
  return typeof inner === "bigint" ? inner.toString() : inner;
}

/** An error for a person: what happened, why, what to do next. */
export function formatError(error: ErrorView, paint: Paint): string {
  const lines = [`${paint.red("✗")} ${error.message}`];
  if (error.details !== undefined) lines.push(...indented("why:", error.details, paint));
  if (error.requestId !== undefined) lines.push(...indented("request:", error.requestId, paint));
  if (error.nextStep !== undefined) lines.push(...indented("next:", error.nextStep, paint));
  return lines.join("\n");
}

function indented(label: string, text: string, paint: Paint): string[] {
  return [`  ${paint.dim(label)} ${text.split("\n").join("\n    ")}`];
}

/** Label and value pairs, the values in one column; a pair without a value is left out. */
export function formatFields(
  fields: readonly (readonly [label: string, value: string | undefined])[],
  paint: Paint,
): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== undefined);
  const width = Math.max(...shown.map(([label]) => label.length));
  return shown
    .map(([label, value]) => {
      const gap = " ".repeat(width - label.length + 2);
      return `${paint.dim(label)}${gap}${value.split("\n").join(`\n${" ".repeat(width + 2)}`)}`;
    })
    .join("\n");
}

/** Rows under a header line, columns as wide as their widest cell. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ");
  return [paint.dim(line(header)), ...rows.map(line)].join("\n");
}

/**
 * Writes everything to a file descriptor before it returns, so that nothing is cut off when the process exits. A
 * reader that went away (`millrace … | head`) is no error.
 */
export function writeOut(descriptor: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") return;
      // A pipe whose reader is slow: wait a moment without giving up the turn, then go on.
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
