import { writeSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
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

/** Columns of the terminal that the result goes to; undefined where it is piped: then nothing is wrapped. */
function terminalColumns(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

/** Characters that are seen. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/**
 * Label and value pairs, the values in one column; a pair without a value is left out.
 * @param columns values are wrapped at words to fit; default the terminal's
 */
export function formatFields(
  fields: readonly (readonly [label: string, value: string | undefined])[],
  paint: Paint,
  columns = terminalColumns(),
): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== undefined);
  const width = Math.max(...shown.map(([label]) => label.length));
  const room = columns === undefined ? Infinity : columns - width - 2;
  return shown
    .map(([label, value]) => {
      const gap = " ".repeat(width - label.length + 2);
      const lines = value.split("\n").flatMap((line) => wrap(line, room));
      return `${paint.dim(label)}${gap}${lines.join(`\n${" ".repeat(width + 2)}`)}`;
    })
    .join("\n");
}

/**
 * Rows under a header line, columns as wide as their widest cell.
 * @param columns where the table is wider, each row becomes a block of labels and values; default the terminal's
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  columns = terminalColumns(),
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => widthOf(row[column] ?? ""))),
  );
  const total = widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1));
  if (columns !== undefined && total > columns && rows.length > 0)
    return rows
      .map((row) => {
        const fields = header.map((title, column) => [title, row[column] ?? ""] as const);
        return formatFields(
          fields.filter(([, value]) => value !== ""),
          paint,
          columns,
        );
      })
      .join("\n\n");
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)),
      )
      .join("  ");
  return [paint.dim(line(header)), ...rows.map(line)].join("\n");
}

/** Breaks a line between words; a word that is too long (an address, a CID) stays whole, so that it can be copied. */
function wrap(line: string, room: number): string[] {
  if (widthOf(line) <= room) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && widthOf(current) + 1 + widthOf(word) > room) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
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
