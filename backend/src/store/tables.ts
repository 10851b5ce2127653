import type {
  AbsenceRow,
  AttendanceRow,
  AttestationRow,
  AttributeRow,
  BarRow,
  CreditRow,
  DealRow,
  ModuleVersionRow,
  NodeRow,
  OfferRow,
  OperatorKeyRow,
  PaymentRow,
  ProposalRow,
  ProviderRow,
  SlashRow,
  StakeRow,
  ThawRow,
  VoteRow,
  WorkerRow,
} from "./rows.ts";

/** The tables that reducers fold events into. */
export interface DerivedRows {
  absence: AbsenceRow;
  attendance: AttendanceRow;
  attestation: AttestationRow;
  attribute: AttributeRow;
  bar: BarRow;
  credit: CreditRow;
  deal: DealRow;
  moduleVersion: ModuleVersionRow;
  node: NodeRow;
  offer: OfferRow;
  operatorKey: OperatorKeyRow;
  payment: PaymentRow;
  proposal: ProposalRow;
  provider: ProviderRow;
  slash: SlashRow;
  stake: StakeRow;
  thaw: ThawRow;
  vote: VoteRow;
  worker: WorkerRow;
}
export type TableName = keyof DerivedRows;

/** How a column travels: `int` as number, `amount` as bigint (numeric in SQL), the others as they are. */
type ColumnKind = "int" | "amount" | "text" | "bool" | "json";

interface Table<Row> {
  sql: string;
  key: readonly (keyof Row & string)[];
  columns: { readonly [C in keyof Row]: ColumnKind };
}

/** Every derived table with its key and every column of its row; the compiler checks that none is missing. */
export const tables: { readonly [T in TableName]: Table<DerivedRows[T]> } = {
  absence: {
    sql: "absence",
    key: ["node", "fromEpoch"],
    columns: { node: "int", fromEpoch: "int", throughEpoch: "int", endedAtBlock: "int" },
  },
  attendance: { sql: "attendance", key: ["node"], columns: { node: "int", lastEpoch: "int", epochs: "int" } },
  attestation: {
    sql: "attestation",
    key: ["node", "attribute", "attester"],
    columns: {
      node: "int",
      attribute: "text",
      attester: "text",
      value: "amount",
      expiresAt: "int",
      revision: "int",
      attestedAtBlock: "int",
    },
  },
  attribute: {
    sql: "attribute",
    key: ["node", "attribute"],
    columns: { node: "int", attribute: "text", value: "amount" },
  },
  bar: { sql: "bar", key: ["deal", "provider"], columns: { deal: "int", provider: "int" } },
  credit: {
    sql: "credit",
    key: ["kind", "account", "token"],
    columns: { kind: "text", account: "text", token: "text", amount: "amount" },
  },
  deal: {
    sql: "deal",
    key: ["id"],
    columns: {
      id: "int",
      owner: "text",
      terms: "json",
      paymentToken: "text",
      unitsPerWorker: "int",
      minWorkers: "int",
      targetWorkers: "int",
      feeBps: "int",
      minFundedEpochs: "int",
      disputeWindow: "int",
      balance: "amount",
      ratePerEpoch: "amount",
      settledEpoch: "int",
      workers: "int",
      insolventSince: "int",
      endEpoch: "int",
      endedInsolvent: "bool",
      createdAtBlock: "int",
      changedAtBlock: "int",
    },
  },
  moduleVersion: {
    sql: "module_version",
    key: ["deal", "version"],
    columns: {
      deal: "int",
      version: "int",
      fromEpoch: "int",
      moduleDigest: "text",
      functionCommitment: "text",
      setAtBlock: "int",
    },
  },
  node: {
    sql: "node",
    key: ["id"],
    columns: {
      id: "int",
      provider: "int",
      units: "int",
      unitsInUse: "int",
      retired: "bool",
      regionGroup: "int",
      country: "int",
      hardwareClass: "int",
      cores: "int",
      memoryGiB: "int",
      bandwidthMbps: "int",
      revision: "int",
      peerId: "text",
      endpoint: "text",
      addedAtBlock: "int",
    },
  },
  offer: {
    sql: "offer",
    key: ["node", "token"],
    columns: {
      node: "int",
      token: "text",
      provider: "int",
      askPerUnitEpoch: "amount",
      on: "bool",
      changedAtBlock: "int",
    },
  },
  operatorKey: {
    sql: "operator_key",
    key: ["operator"],
    columns: { operator: "text", node: "int", fromEpoch: "int", untilEpoch: "int" },
  },
  payment: {
    sql: "payment",
    key: ["blockNumber", "logIndex", "part"],
    columns: {
      blockNumber: "int",
      logIndex: "int",
      part: "int",
      kind: "text",
      deal: "int",
      node: "int",
      provider: "int",
      token: "text",
      amount: "amount",
      account: "text",
      throughEpoch: "int",
      timestamp: "int",
      txHash: "text",
    },
  },
  proposal: {
    sql: "proposal",
    key: ["id"],
    columns: {
      id: "int",
      proposer: "text",
      description: "text",
      calls: "json",
      voteStart: "int",
      voteEnd: "int",
      againstVotes: "amount",
      forVotes: "amount",
      abstainVotes: "amount",
      eta: "int",
      canceled: "bool",
      createdAtBlock: "int",
      executedAtBlock: "int",
    },
  },
  provider: {
    sql: "provider",
    key: ["id"],
    columns: {
      id: "int",
      owner: "text",
      payout: "text",
      pendingPayout: "text",
      payoutChangesAt: "int",
      metadataDigest: "text",
      registeredAtBlock: "int",
    },
  },
  slash: {
    sql: "slash",
    key: ["id"],
    columns: {
      id: "int",
      provider: "int",
      deal: "int",
      node: "int",
      amount: "amount",
      owner: "text",
      reporter: "text",
      vetoEndsAt: "int",
      state: "text",
      slashedAtBlock: "int",
    },
  },
  stake: {
    sql: "stake",
    key: ["provider"],
    columns: {
      provider: "int",
      free: "amount",
      locked: "amount",
      thawing: "amount",
      escrowed: "amount",
      slashed: "amount",
    },
  },
  thaw: {
    sql: "thaw",
    key: ["provider", "thaw"],
    columns: { provider: "int", thaw: "int", amount: "amount", readyAt: "int", withdrawn: "bool" },
  },
  vote: {
    sql: "vote",
    key: ["proposal", "voter"],
    columns: {
      proposal: "int",
      voter: "text",
      support: "int",
      weight: "amount",
      reason: "text",
      block: "int",
    },
  },
  worker: {
    sql: "worker",
    key: ["deal", "node"],
    columns: {
      deal: "int",
      node: "int",
      provider: "int",
      units: "int",
      pricePerUnitEpoch: "amount",
      lock: "amount",
      firstEpoch: "int",
      lastEpoch: "int",
      endCause: "int",
      noticeEpoch: "int",
      settledEpoch: "int",
      slashed: "amount",
      released: "bool",
      assignedAtBlock: "int",
      matchEpoch: "int",
      challengeEndEpoch: "int",
      tip: "amount",
      tipMatcher: "text",
      tipChallenger: "text",
      tipShare: "amount",
    },
  },
};

export const tableNames = Object.keys(tables).sort() as TableName[];

/** The column's name in SQL. */
export function columnName(column: string): string {
  return column.replace("GiB", "Gib").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Every column of a table, quoted, amounts as text so that no digit is lost; `alias` is the table's in the query. */
export function selectList(table: TableName, alias: string): string {
  const { columns } = tables[table];
  return Object.entries(columns)
    .map(([name, kind]) => {
      const column = `${alias}."${columnName(name)}"`;
      return kind === "amount" ? `${column}::text AS "${name}"` : `${column} AS "${name}"`;
    })
    .join(", ");
}

/** Turns a row that {@link selectList} gave into its typed form. */
export function fromSql<T extends TableName>(table: T, row: Record<string, unknown>): DerivedRows[T] {
  const entries = Object.entries(tables[table].columns).map(([name, kind]): [string, unknown] => {
    const value = row[name];
    return [name, kind === "amount" ? BigInt(value as string) : value];
  });
  return Object.fromEntries(entries) as unknown as DerivedRows[T];
}

/** Turns a row (or a part of one) into JSON that `jsonb_populate_recordset` reads. */
export function toSqlJson(row: object): Record<string, unknown> {
  const entries = Object.entries(row).map(([name, value]): [string, unknown] => [
    columnName(name),
    typeof value === "bigint" ? value.toString() : value,
  ]);
  return Object.fromEntries(entries);
}
