/** Gets what the runtime is built from, of which nothing is committed: pinned versions with their SHA-256. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";

/** quickjs-ng's source as Debian packs it (MIT). */
const QUICKJS = {
  package: "qjs-src",
  version: "0.17.0-1",
  file: "qjs-src_0.17.0-1_all.deb",
  sha256: "04631979bdadaccffd76c1cb0aff5d07389aa889a90b6a902eba858a3a3b3988",
};
/** Releases of Debian that have it; the machine's own may be older. */
const SUITES = "forky sid";
/** What the prelude bundles (MIT). */
const PACKAGES = [
  {
    ...{ name: "whatwg-url", version: "16.0.1" },
    sha256: "170548044787ea12d16b1ddaca7c58b8bf83d376ec2ca68dda01db71d5d5fc31",
  },
  {
    ...{ name: "punycode", version: "2.3.1" },
    sha256: "e4ce59f9fbac44349abab87279ab658f6b4614916bec5e088ae3be9323e193bb",
  },
];

/** Folders of unpacked sources. */
export interface Sources {
  quickjs: string;
  /** It has a folder for each npm package. */
  packages: string;
}

/**
 * Downloads and unpacks what is not in `folder` yet.
 * @throws Error when a download is not what is pinned
 */
export async function fetchSources(folder: string): Promise<Sources> {
  const sources = { quickjs: join(folder, "quickjs/usr/src/quickjs-ng"), packages: join(folder, "packages") };
  await mkdir(sources.packages, { recursive: true });
  const archive = join(folder, QUICKJS.file);
  if (!existsSync(archive)) await downloadFromDebian(folder);
  await expectSha256(archive, QUICKJS.sha256);
  await execa("dpkg-deb", ["--extract", archive, join(folder, "quickjs")]);
  for (const { name, version, sha256 } of PACKAGES) {
    const packed = join(folder, `${name}-${version}.tgz`);
    if (!existsSync(packed))
      await execa("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", folder]);
    await expectSha256(packed, sha256);
    const target = join(sources.packages, name);
    await mkdir(target, { recursive: true });
    await execa("tar", ["--extract", "--strip-components=1", `--file=${packed}`, `--directory=${target}`]);
  }
  return sources;
}

/** From the mirror that this machine's packages come from, with lists of its own, so that the machine's do not change. */
async function downloadFromDebian(folder: string): Promise<void> {
  const apt = join(folder, "apt");
  for (const part of ["parts", "lists/partial", "archives/partial"])
    await mkdir(join(apt, part), { recursive: true });
  const { stdout } = await execa("apt-get", ["indextargets", "--format", "$(REPO_URI)"]);
  const mirror = stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  if (mirror === undefined)
    throw new Error(
      `The source ${QUICKJS.file} comes from Debian, and this machine has no mirror of it. Put that file into ${folder}.`,
    );
  await writeFile(
    join(apt, "parts/quickjs.sources"),
    `Types: deb\nURIs: ${mirror}\nSuites: ${SUITES}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`,
  );
  const options = [
    ...["-o", "Dir::Etc::SourceList=/dev/null", "-o", `Dir::Etc::SourceParts=${join(apt, "parts")}`],
    ...["-o", `Dir::State::Lists=${join(apt, "lists")}`, "-o", `Dir::Cache=${apt}`],
  ];
  await execa("apt-get", [...options, "--quiet", "update"]);
  await execa("apt-get", [...options, "download", `${QUICKJS.package}=${QUICKJS.version}`], { cwd: folder });
}

async function expectSha256(file: string, expected: string): Promise<void> {
  const found = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  if (found !== expected)
    throw new Error(`${basename(file)} has SHA-256 ${found}, not ${expected}. Delete ${file} and try again.`);
}
