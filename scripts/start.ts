/**
 * `npm start`: the whole marketplace on this machine, and a function that runs under a paid deal. `-- --once` ends
 * after the first answered call: exit code 0, or 1 with the reason. Each start is a fresh network in one folder
 * (`--folder`, default .millrace/devnet).
 */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { startDevnet, type Devnet } from "./devnet/devnet.ts";

const root = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: { once: { type: "boolean", default: false }, folder: { type: "string" } },
});
const folder = resolve(options.folder ?? join(root, ".millrace/devnet"));
const started = performance.now();

function say(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${line}`);
}

/** Runs `millrace …` as its own process, the way a user would. */
async function millrace(args: string[], cwd = root): Promise<string> {
  const result = await execa(process.execPath, [join(root, "cli/src/main.ts"), ...args], {
    cwd,
    env: { MILLRACE_NETWORK: join(folder, "network.json"), NO_COLOR: "1" },
    reject: false,
  });
  if (result.exitCode !== 0)
    throw new Error(`millrace ${args.join(" ")} failed:\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

async function millraceJson<Result>(args: string[], cwd?: string): Promise<Result> {
  return JSON.parse(await millrace([...args, "--json"], cwd)) as Result;
}

interface Deployed {
  deal: string;
}
interface Called {
  status: number;
  body: string;
  node: number;
  durationMs: number;
}

const source = join(folder, "function");

/** Scaffolds a function and builds it. */
async function writeFunction(): Promise<void> {
  await millrace(["function", "init", source, "--name", "hello"]);
  await millrace(["function", "build"], source);
  say("A developer wrote a function: millrace function init, build");
}

/** Deploys the function under a deal with two workers and calls it with a new input. */
async function runFunction(): Promise<void> {
  const deployStarted = performance.now();
  say("… deploys it: millrace function deploy --workers 2 --limit 0.002");
  const { deal } = await millraceJson<Deployed>(
    ["function", "deploy", "build/hello.wasm", "--workers", "2", "--limit", "0.002", "--deposit", "1"],
    source,
  );
  const name = `visitor-${randomBytes(4).toString("hex")}`;
  say(`… and calls it: millrace deal call ${deal} --body ${name}`);
  const answer = await millraceJson<Called>(["deal", "call", deal, "--body", name]);
  const deployToAnswerSeconds = Math.round((performance.now() - deployStarted) / 100) / 10;
  if (answer.status !== 200 || !answer.body.includes(name))
    throw new Error(`The call was answered with status ${answer.status} and: ${answer.body}`);
  await writeFile(join(folder, "run.json"), `${JSON.stringify({ deployToAnswerSeconds, answer })}\n`);

  say(`Answered ${deployToAnswerSeconds} s after the deploy began, by node ${answer.node}:`);
  console.log(`\n${answer.body.trimEnd().replaceAll(/^/gm, "    ")}\n`);
  console.log(await millrace(["deal", "show", deal]));
}

function sayWhatNext(devnet: Devnet): void {
  console.log(`
The network runs until Ctrl-C. Chain ${devnet.rpcUrl}, API ${devnet.apiUrl}, gateway ${devnet.gatewayUrl},
logs ${relative(process.cwd(), join(folder, "logs"))}/. Anything that speaks HTTP calls the function through the gateway:

    curl -d you ${devnet.gatewayUrl}/run/1/
    curl -d you http://hello-1.localhost:${new URL(devnet.gatewayUrl).port}/

In another terminal, in this folder, try:

    npx millrace deal call 1 --body you              call it again
    npx millrace function deploy examples/qr-code --prebuilt --limit 0.002 --deposit 1
    npx millrace deal call 2 --path "/?format=text" --body https://example.org
    npx millrace deal show 1                         what it costs and until when it is paid
`);
}

async function main(): Promise<void> {
  let devnet: Devnet | undefined;
  const interrupted = new Promise<"interrupted">((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => {
        done("interrupted");
        // A second Ctrl-C does not wait for the orderly end.
        process.once(signal, () => process.exit(130));
      });
  });
  const bringUp = async (): Promise<"ready"> => {
    devnet = await startDevnet({
      folder,
      epochDuration: 10,
      finalityDepth: 5,
      preferPorts: true,
      alongside: writeFunction,
      nodes: [
        { account: "provider1", units: 4, ask: "0.001", regionGroup: 4, country: "DE" },
        { account: "provider2", units: 8, ask: "0.0012", regionGroup: 5, country: "US" },
        { account: "provider3", units: 4, ask: "0.0015", regionGroup: 3, country: "JP" },
      ],
      log: say,
    });
    await runFunction();
    return "ready";
  };
  const running = bringUp();
  try {
    if ((await Promise.race([running, interrupted])) === "ready" && devnet !== undefined && !options.once) {
      sayWhatNext(devnet);
      await interrupted;
    }
  } finally {
    // An interrupted start is let finish or fail first: only then is it known what has to be ended.
    await running.catch(() => undefined);
    if (devnet !== undefined) {
      say("Ending every process");
      await devnet.stop();
    }
  }
}

try {
  await main();
} catch (error) {
  console.error(`\nnpm start failed: ${error instanceof Error ? error.message : String(error)}`);
  console.error(`Logs are in ${join(folder, "logs")}.`);
  process.exitCode = 1;
}
