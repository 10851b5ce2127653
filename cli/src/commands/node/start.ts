import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineCommand, flag } from "../../command.ts";
import { failure } from "../../errors.ts";
import { configOption, operatorPassword, readNode } from "../../node/config.ts";

const daemon = fileURLToPath(new URL("../../../../node/src/main.ts", import.meta.url));

export const nodeStart = defineCommand({
  name: "node start",
  summary: "Run the node in the foreground until it is told to stop",
  details:
    "The daemon's log (one JSON object a line) goes to stdout, also with --json. Ctrl-C or SIGTERM drains it: calls " +
    "that run are finished first. Before it sends anything it checks what would keep it from earning: whether it is " +
    "reached at its public URL, the clock, gas money for a week, the operator key, disk space. --check does only that " +
    "and exits with 1 if something must be mended.",
  needs: "nothing",
  args: {},
  options: { config: configOption, check: flag("--check", "only check, and say what is wrong") },
  examples: ["millrace node start", "millrace node start --check --config ./node1"],
  handler: async (context, { options }) => {
    const typed = options.config === undefined ? undefined : context.path(options.config);
    const node = await readNode(typed, context.cwd);
    if (node.nodeId === undefined)
      throw failure("node-not-added", `The node in ${node.file} is not registered yet.`, {
        nextStep: `millrace node add --config ${node.file} --ask <price per unit and epoch>`,
      });
    if (!existsSync(daemon))
      throw failure("daemon-missing", `The node's program is not installed: ${daemon}`, {
        nextStep: "Run the command from a whole Millrace folder.",
      });
    const secret =
      node.passwordFile === undefined
        ? { MILLRACE_KEYSTORE_PASSWORD: await operatorPassword(node, context.env) }
        : {};
    const checking = options.check ? ["--check", ...(context.json ? ["--json"] : [])] : [];
    const child = spawn(process.execPath, [daemon, "--config", node.file, ...checking], {
      stdio: "inherit",
      env: { ...context.env, ...secret },
    });
    context.interruption.handler = (signal) => {
      // A terminal sends Ctrl-C to the daemon as well; twice would end it without draining.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => {
        resolve(code ?? 1);
      });
    });
    return { data: undefined, text: "", exitCode };
  },
});
