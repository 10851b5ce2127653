/** `node backend/src/doctor.ts [--json]`: what a backend with this environment lacks. Exit code 1 if something fails. */
import { parseArgs, styleText } from "node:util";
import { diagnose } from "./doctor/diagnose.ts";
import type { Finding } from "./doctor/finding.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const found = await diagnose(process.env);
const worst = (["fail", "warn", "ok"] as const).find((status) => found.some((one) => one.status === status));

if (values.json) console.log(JSON.stringify({ status: worst ?? "ok", checks: found }, undefined, 2));
else for (const finding of found) console.log(lineOf(finding));
process.exitCode = worst === "fail" ? 1 : 0;

function lineOf({ name, status, message, nextStep }: Finding): string {
  const colour = { ok: "green", warn: "yellow", fail: "red" } as const;
  // styleText leaves colours out where the output is no terminal.
  const head = `${styleText(colour[status], status.padEnd(4))}  ${name.padEnd(13)}  `;
  return `${head}${message}${nextStep === undefined ? "" : `\n${" ".repeat(21)}→ ${nextStep}`}`;
}
