import { createServer } from "node:net";
import { access, constants, readdir, statfs, stat } from "node:fs/promises";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { healthOf } from "./checkDatabase.ts";
import { findings, type Finding } from "./finding.ts";

const mebibyte = 2 ** 20;
const leastFreeMiB = 256;

/** Room on the disk and the right to write there. */
export async function checkDisk({ dataFolder, blobQuotaMiB, roles }: Config): Promise<Finding[]> {
  const { ok, warn, fail, broken } = findings("disk");
  const folder = await nearestFolder(dataFolder);
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const freeMiB = Math.floor((bavail * bsize) / mebibyte);
    const has = `${dataFolder} has ${freeMiB} MiB free`;
    if (freeMiB < leastFreeMiB)
      return [fail(`${has}.`, `Free at least ${leastFreeMiB} MiB, or choose another DATA_FOLDER.`)];
    const wantedMiB = roles.has("api") ? blobQuotaMiB : leastFreeMiB;
    return freeMiB < wantedMiB
      ? [warn(`${has}, and BLOB_QUOTA_MIB is ${blobQuotaMiB}.`, "Free disk space or lower BLOB_QUOTA_MIB.")]
      : [ok(`${has}.`)];
  } catch (error) {
    return [broken(error, `Make ${folder} writable for this user, or choose another DATA_FOLDER.`)];
  }
}

/** The modules that this process serves. */
export async function checkBlobs({ dataFolder, blobQuotaMiB, roles }: Config): Promise<Finding[]> {
  if (!roles.has("api")) return [];
  const { ok, warn } = findings("blobs");
  const folder = path.join(dataFolder, "blobs");
  const names = (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter((entry) =>
    entry.isFile(),
  );
  const sizes = await Promise.all(names.map(async ({ name }) => (await stat(path.join(folder, name))).size));
  const usedMiB = sizes.reduce((sum, size) => sum + size, 0) / mebibyte;
  const quarantined = await readdir(path.join(folder, "quarantine")).catch(() => []);
  const holds = `${names.length} modules, ${usedMiB.toFixed(1)} of ${blobQuotaMiB} MiB`;
  const found = [
    usedMiB > 0.9 * blobQuotaMiB
      ? warn(`${holds}: uploads will be refused soon.`, "Raise BLOB_QUOTA_MIB.")
      : ok(`${holds}.`),
  ];
  if (quarantined.length > 0)
    found.push(
      warn(
        `${quarantined.length} modules were damaged on disk and are in ${path.join(folder, "quarantine")}.`,
        "Check the disk; a new upload of each module heals it.",
      ),
    );
  return found;
}

/** The ports: free, or a backend's already. */
export async function checkPorts(config: Config): Promise<Finding[]> {
  const { host, port, gatewayPort, roles } = config;
  const { ok, fail } = findings("ports");
  const found: Finding[] = [];
  if (await isFree(host, port)) found.push(ok(`PORT ${port} is free.`));
  else if ((await healthOf(config)) !== undefined) found.push(ok(`A backend answers on PORT ${port}.`));
  else found.push(fail(`Something else listens on ${host}:${port}.`, "Set PORT to another port."));
  if (!roles.has("gateway")) return found;
  if (await isFree(host, gatewayPort)) found.push(ok(`GATEWAY_PORT ${gatewayPort} is free.`));
  else if (await isGateway(host, gatewayPort))
    found.push(ok(`A gateway answers on GATEWAY_PORT ${gatewayPort}.`));
  else
    found.push(
      fail(`Something else listens on ${host}:${gatewayPort}.`, "Set GATEWAY_PORT to another port."),
    );
  return found;
}

async function isFree(host: string, port: number): Promise<boolean> {
  if (port === 0) return true;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}

async function isGateway(host: string, port: number): Promise<boolean> {
  const answer = await fetch(`http://${host}:${port}/metrics`, { signal: AbortSignal.timeout(3_000) })
    .then((response) => response.text())
    .catch(() => "");
  return answer.includes("millrace_gateway");
}

/** The folder itself, or the one that it will be made in. */
async function nearestFolder(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  const isThere = await access(absolute).then(
    () => true,
    () => false,
  );
  return isThere || absolute === path.dirname(absolute) ? absolute : nearestFolder(path.dirname(absolute));
}
