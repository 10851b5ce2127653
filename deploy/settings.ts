/** What a network's deployment is made of: read from deploy/parameters/<network>.json and checked. */
import { readFile } from "node:fs/promises";
import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { formatEther, getAddress, isAddress, parseEther } from "viem";

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
    governance: Type.Object(
      {
        votingDelaySeconds: Type.Integer({ minimum: 1 }),
        votingPeriodSeconds: Type.Integer({ minimum: 1 }),
        timelockDelaySeconds: Whole,
        quorumPercent: Type.Integer({ minimum: 1, maximum: 100 }),
        proposalThresholdMill: Mill,
        vetoMarginSeconds: Whole,
        // null for none, which is to be said
        guardian: Type.Optional(Type.Union([Address, Type.Null()])),
      },
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
        slashVetoWindowSeconds: Whole,
        matchChallengeWindowEpochs: Whole,
        disputeWindowSeconds: Whole,
        maxDisputeDurationSeconds: Whole,
      },
      { additionalProperties: false },
    ),
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

type SettingsFile = Static<typeof SettingsFile>;

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

/** The initial windows of the Parameters contract, in its own names; seconds, the second one epochs. */
interface WindowValues {
  readonly slashVetoWindow: number;
  readonly matchChallengeWindow: number;
  readonly disputeWindow: number;
  readonly maxDisputeDuration: number;
}

/** A first holder of MILL; `treasury` is the timelock. Amount with 18 decimals. */
interface FirstHolder {
  readonly holder: "treasury" | (string & {});
  readonly amount: bigint;
}

/** How the token holders decide. */
interface GovernanceSettings {
  /** From a proposal to the moment whose votes count. */
  readonly votingDelaySeconds: number;
  readonly votingPeriodSeconds: number;
  /** From the decision to its execution, at least. */
  readonly timelockDelaySeconds: number;
  /** Of the MILL outside the treasury. */
  readonly quorumPercent: number;
  /** Votes a proposer needs, 18 decimals. */
  readonly proposalThreshold: bigint;
  /** What the window in which a slash can be vetoed leaves beyond the time of a decision, at least. */
  readonly vetoMarginSeconds: number;
  /** May pause entry for the first year; nobody if undefined. */
  readonly guardian: string | undefined;
}

/** Everything a deployment needs to know beforehand but its genesis. */
export interface DeploymentSettings {
  readonly epochDurationSeconds: number;
  readonly firstHolders: readonly FirstHolder[];
  readonly governance: GovernanceSettings;
  readonly parameters: ParameterValues;
  readonly windows: WindowValues;
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
  const gaps = findGaps(parsed);
  if (gaps.length > 0)
    throw new Error(
      `${path} is not complete. Fill in:\n- ${gaps.join("\n- ")}\nThen deploy again, or name a file of your own with --parameters <file>.`,
    );
  const complaint = findComplaint(parsed);
  if (complaint !== undefined) throw new Error(`${path}: ${complaint}`);
  return toSettings(parsed);
}

/** What only who deploys can know, each with what to put there. */
function findGaps({ firstHolders, governance, testStablecoin, paymentTokens }: SettingsFile): string[] {
  const gaps: string[] = [];
  if (firstHolders.length === 0)
    gaps.push(
      'firstHolders: who gets the first MILL, for example [{ "holder": "treasury", "mill": "500000000" }, { "holder": "0x…", "mill": "100000000" }, …]. "treasury" is the timelock and does not vote; nobody gets more than half.',
    );
  if (governance.guardian === undefined)
    gaps.push(
      "governance.guardian: the address that may close the entry once, for 14 days at most, within the first year, best a wallet of several signers, not the deployer; null for none.",
    );
  if (!testStablecoin && paymentTokens.length === 0)
    gaps.push(
      'paymentTokens: what deals are paid in, the one offered first at the top, for example [{ "symbol": "USDC", "address": "0x…", "decimals": 6 }].',
    );
  return gaps;
}

function findComplaint(file: SettingsFile): string | undefined {
  const { firstHolders, governance } = file;
  const addresses = [
    ...firstHolders.map(({ holder }) => holder).filter((holder) => holder !== "treasury"),
    ...file.paymentTokens.map(({ address }) => address),
    ...(governance.guardian == null ? [] : [governance.guardian]),
  ];
  const wrong = addresses.find((address) => !isAddress(address));
  if (wrong !== undefined) return `${wrong} has a wrong checksum. Compare it with its source.`;
  return findWindowComplaint(file) ?? findMillComplaint(file);
}

/** What would make a slash impossible to veto, or let stake leave before a dispute is over. */
function findWindowComplaint({ governance, parameters }: SettingsFile): string | undefined {
  const { votingDelaySeconds, votingPeriodSeconds, timelockDelaySeconds, vetoMarginSeconds } = governance;
  const decision = votingDelaySeconds + votingPeriodSeconds + timelockDelaySeconds + vetoMarginSeconds;
  if (parameters.slashVetoWindowSeconds < decision) {
    return `A slash could not be vetoed: a decision takes ${decision} s with its margin, parameters.slashVetoWindowSeconds is ${parameters.slashVetoWindowSeconds}. Raise it.`;
  }
  const dispute = parameters.disputeWindowSeconds + parameters.maxDisputeDurationSeconds;
  if (parameters.thawPeriodSeconds < dispute) {
    return `Stake could leave before a dispute is over: that takes up to ${dispute} s, parameters.thawPeriodSeconds is ${parameters.thawPeriodSeconds}. Raise it.`;
  }
  return undefined;
}

/** What would let one holder decide alone, or nobody ever. */
function findMillComplaint({ firstHolders, governance }: SettingsFile): string | undefined {
  const shares = new Map<string, bigint>();
  for (const { holder, mill } of firstHolders) {
    const name = holder.toLowerCase();
    shares.set(name, (shares.get(name) ?? 0n) + parseEther(mill));
  }
  const total = [...shares.values()].reduce((sum, amount) => sum + amount, 0n);
  const large = [...shares].find(([, amount]) => amount * 2n > total);
  if (large !== undefined) return `${large[0]} would hold more than half of all MILL. Lower its share.`;
  // The treasury does not vote.
  const voting = total - (shares.get("treasury") ?? 0n);
  if (voting === 0n) return "Nobody outside the treasury holds MILL: no quorum could be met. Name holders.";
  if (parseEther(governance.proposalThresholdMill) > voting) {
    return `Holders outside the treasury have ${formatEther(voting)} MILL together, and a proposer would need ${governance.proposalThresholdMill}. Lower governance.proposalThresholdMill.`;
  }
  return undefined;
}

function toSettings(file: SettingsFile): DeploymentSettings {
  const { parameters, governance } = file;
  return {
    epochDurationSeconds: file.epochDurationSeconds,
    firstHolders: file.firstHolders.map(({ holder, mill }) => ({
      holder: holder === "treasury" ? holder : getAddress(holder),
      amount: parseEther(mill),
    })),
    governance: {
      votingDelaySeconds: governance.votingDelaySeconds,
      votingPeriodSeconds: governance.votingPeriodSeconds,
      timelockDelaySeconds: governance.timelockDelaySeconds,
      quorumPercent: governance.quorumPercent,
      proposalThreshold: parseEther(governance.proposalThresholdMill),
      vetoMarginSeconds: governance.vetoMarginSeconds,
      guardian: governance.guardian == null ? undefined : getAddress(governance.guardian),
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
    windows: {
      slashVetoWindow: parameters.slashVetoWindowSeconds,
      matchChallengeWindow: parameters.matchChallengeWindowEpochs,
      disputeWindow: parameters.disputeWindowSeconds,
      maxDisputeDuration: parameters.maxDisputeDurationSeconds,
    },
    testStablecoin: file.testStablecoin,
    paymentTokens: file.paymentTokens.map((token) => ({ ...token, address: getAddress(token.address) })),
  };
}
