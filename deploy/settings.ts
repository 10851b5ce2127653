/** What a network's deployment is made of: read from deploy/parameters/<network>.json and checked. */
import { readFile } from "node:fs/promises";
import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { getAddress, isAddress, parseEther } from "viem";

const Address = Type.String({ pattern: "^0x[0-9a-fA-F]{40}$" });
const Whole = Type.Integer({ minimum: 0 });
/** MILL with at most 18 decimals, as a decimal string. */
const Mill = Type.String({ pattern: "^\\d+(\\.\\d{1,18})?$" });

const SettingsFile = Type.Object(
  {
    epochDurationSeconds: Type.Integer({ minimum: 1 }),
    firstHolders: Type.Array(
      Type.Object(
        { holder: Type.Union([Type.Literal("treasury"), Address]), mill: Mill },
        { additionalProperties: false },
      ),
    ),
    timelock: Type.Object(
      { minDelaySeconds: Whole, proposers: Type.Array(Address), executors: Type.Array(Address) },
      { additionalProperties: false },
    ),
    parameters: Type.Object(
      {
        stakePerUnitMill: Mill,
        thawPeriodSeconds: Whole,
        minFundedEpochs: Whole,
        protocolFeeBps: Whole,
        maxMissedEpochs: Whole,
        evictionSlashBps: Whole,
        resignNoticeEpochs: Whole,
      },
      { additionalProperties: false },
    ),
    guardian: Type.Optional(Address),
    testStablecoin: Type.Boolean(),
    paymentTokens: Type.Array(
      Type.Object(
        { symbol: Type.String({ minLength: 1 }), address: Address, decimals: Whole },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The initial values of the Parameters contract, in its own units and names. */
interface ParameterValues {
  readonly stakePerUnit: bigint;
  readonly thawPeriod: bigint;
  readonly minFundedEpochs: bigint;
  readonly protocolFeeBps: bigint;
  readonly maxMissedEpochs: bigint;
  readonly evictionSlashBps: bigint;
  readonly resignNoticeEpochs: bigint;
}

/** A first holder of MILL; `treasury` is the timelock. Amount with 18 decimals. */
interface FirstHolder {
  readonly holder: "treasury" | (string & {});
  readonly amount: bigint;
}

/** Everything a deployment needs to know beforehand but its genesis. */
export interface DeploymentSettings {
  readonly epochDurationSeconds: number;
  readonly firstHolders: readonly FirstHolder[];
  readonly timelock: Static<typeof SettingsFile>["timelock"];
  readonly parameters: ParameterValues;
  /** May pause entry for the first year; nobody if left out. */
  readonly guardian: string | undefined;
  /** Deploys tUSD, the token anyone may mint; for devnets. */
  readonly testStablecoin: boolean;
  /** Tokens that exist already and that clients offer by default. */
  readonly paymentTokens: readonly { symbol: string; address: string; decimals: number }[];
}

/**
 * Reads the settings of a deployment from a JSON file.
 *
 * @param path the file
 * @returns the settings in the contracts' units
 * @throws Error naming the file and what is wrong in it
 */
export async function readSettings(path: string): Promise<DeploymentSettings> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Error(`There is no parameter file ${path}. Pass one with --parameters <file>.`);
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON.`, { cause: error });
  }
  if (!Value.Check(SettingsFile, parsed)) {
    const [first] = Value.Errors(SettingsFile, parsed);
    throw new Error(`${path}: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`);
  }
  const complaint = findComplaint(parsed);
  if (complaint !== undefined) throw new Error(`${path}: ${complaint}`);
  return toSettings(parsed);
}

function findComplaint(file: Static<typeof SettingsFile>): string | undefined {
  const { firstHolders, timelock } = file;
  if (timelock.proposers.length === 0)
    return "timelock.proposers is empty. Name who may propose to the timelock.";
  if (timelock.executors.length === 0) {
    return "timelock.executors is empty. Name who may execute, or the zero address for everyone.";
  }
  if (firstHolders.length === 0) return "firstHolders is empty. Name who gets the first MILL.";
  const addresses = [
    ...firstHolders.map(({ holder }) => holder).filter((holder) => holder !== "treasury"),
    ...timelock.proposers,
    ...timelock.executors,
    ...file.paymentTokens.map(({ address }) => address),
    ...(file.guardian === undefined ? [] : [file.guardian]),
  ];
  const wrong = addresses.find((address) => !isAddress(address));
  if (wrong !== undefined) return `${wrong} has a wrong checksum. Compare it with its source.`;
  const total = firstHolders.reduce((sum, { mill }) => sum + parseEther(mill), 0n);
  const large = firstHolders.find(({ mill }) => parseEther(mill) * 2n > total);
  if (large !== undefined) return `${large.holder} would hold more than half of all MILL. Lower its share.`;
  return undefined;
}

function toSettings(file: Static<typeof SettingsFile>): DeploymentSettings {
  const { parameters, timelock } = file;
  return {
    epochDurationSeconds: file.epochDurationSeconds,
    firstHolders: file.firstHolders.map(({ holder, mill }) => ({
      holder: holder === "treasury" ? holder : getAddress(holder),
      amount: parseEther(mill),
    })),
    timelock: {
      minDelaySeconds: timelock.minDelaySeconds,
      proposers: timelock.proposers.map((address) => getAddress(address)),
      executors: timelock.executors.map((address) => getAddress(address)),
    },
    parameters: {
      stakePerUnit: parseEther(parameters.stakePerUnitMill),
      thawPeriod: BigInt(parameters.thawPeriodSeconds),
      minFundedEpochs: BigInt(parameters.minFundedEpochs),
      protocolFeeBps: BigInt(parameters.protocolFeeBps),
      maxMissedEpochs: BigInt(parameters.maxMissedEpochs),
      evictionSlashBps: BigInt(parameters.evictionSlashBps),
      resignNoticeEpochs: BigInt(parameters.resignNoticeEpochs),
    },
    guardian: file.guardian === undefined ? undefined : getAddress(file.guardian),
    testStablecoin: file.testStablecoin,
    paymentTokens: file.paymentTokens.map((token) => ({ ...token, address: getAddress(token.address) })),
  };
}
