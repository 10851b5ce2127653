/**
 * Runs before `npm start`, `npm test` and the other scripts, under whatever Node is there (20 or newer): installs
 * the dependencies and generates artifacts and database client when they are missing or stale. Plain JavaScript,
 * because nothing is installed yet when it runs first.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamps = join(root, "node_modules/.millrace");
// Prisma would otherwise try to download an engine that nothing here uses.
const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: "/bin/false", PRISMA_HIDE_UPDATE_MESSAGE: "1" };
// Options of the npm that runs this script must not leak into the one it starts.
for (const key of Object.keys(env))
  if (/^npm_(config_(?!cache|registry|offline|prefer)|package_|lifecycle_)/.test(key)) delete env[key];

/** @param {string[]} paths files or folders below the root */
function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full)) continue;
    const files = path.includes(".")
      ? [full]
      : readdirSync(full, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
          .sort();
    for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/**
 * @param {string} name
 * @param {string} value
 */
function isStale(name, value) {
  const file = join(stamps, name);
  return !existsSync(file) || readFileSync(file, "utf8") !== value;
}

/**
 * @param {string} name
 * @param {string} value
 */
function stamp(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), value);
}

/**
 * Runs a command to its end; if it fails, so does this script.
 * @param {string} what said when it fails
 * @param {string} command
 * @param {string[]} args
 */
async function run(what, command, args) {
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
  const failure = await new Promise((done) => {
    child.once("error", (error) => done(error.message));
    child.once("close", (code) => done(code === 0 ? undefined : `exit code ${code}`));
  });
  if (failure === undefined) return;
  process.stderr.write(`${said}\n${what} failed: ${failure} (${command} ${args.join(" ")}).\n`);
  process.stderr.write(
    "The output above says why. If it is a network error, check that npm can reach its registry and run the same command again.\n",
  );
  process.exit(1);
}

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 20) {
  process.stderr.write(
    `Millrace needs Node 20 or newer to start; this is ${process.versions.node}. Install one from nodejs.org.\n`,
  );
  process.exit(1);
}

const manifests = ["package-lock.json"];
const dependencies = digest(manifests);
if (isStale("dependencies", dependencies)) {
  process.stderr.write("Installing dependencies (about a minute the first time) …\n");
  rmSync(join(stamps, "dependencies"), { force: true });
  // npm under Node 20 skips the binaries that want Node 22, so npm itself runs under Node 24. `ci` empties
  // node_modules first, which would pull the ground from under whatever runs there: it is for the first time only.
  const command = existsSync(join(root, "node_modules/.package-lock.json")) ? "install" : "ci";
  await run("Installing the dependencies", "npx", [
    "-y",
    "-p",
    "node@24",
    "npm",
    command,
    "--no-audit",
    "--no-fund",
  ]);
  stamp("dependencies", dependencies);
}

const bin = (name) => join(root, "node_modules/.bin", name);
env.PATH = `${join(root, "node_modules/.bin")}${process.platform === "win32" ? ";" : ":"}${env.PATH ?? ""}`;

/** Generates what is missing or stale; all at once, since each leaves cores idle at times. */
async function generateContracts() {
  const contracts = digest(["contracts", "hardhat.config.ts", "package-lock.json"]);
  if (!isStale("contracts", contracts) && existsSync(join(root, "artifacts"))) return;
  process.stderr.write("Compiling the contracts …\n");
  await run("Compiling the contracts", bin("hardhat"), ["build", "--no-tests"]);
  stamp("contracts", contracts);
}

async function generateClient() {
  const schema = digest(["prisma", "prisma.config.ts", "package-lock.json"]);
  if (!isStale("schema", schema) && existsSync(join(root, "backend/src/store/generated"))) return;
  process.stderr.write("Generating the database client …\n");
  await run("Generating the database client", bin("prisma"), ["generate"]);
  stamp("schema", schema);
}

await Promise.all([generateContracts(), generateClient()]);
