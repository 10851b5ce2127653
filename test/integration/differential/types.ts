/** What the model of the protocol remembers. Amounts are whole smallest units. */

export interface Rules {
  minFundedEpochs: number;
  feeBps: bigint;
  maxMissedEpochs: number;
  evictionSlashBps: bigint;
  resignNoticeEpochs: number;
  /** wei of MILL */
  stakePerUnit: bigint;
}

export interface Terms {
  units: number;
  min: number;
  target: number;
  max: number;
  perProvider: number;
  limit: bigint;
  minimumAsk: bigint;
  /** 0 while open */
  end: number;
  /** on the node's grade, the one attribute beyond the packed ones */
  grade: GradeConstraint | undefined;
}

export interface GradeConstraint {
  /** in the order of the contract's enum */
  operator: "=" | "!=" | ">=" | "<=";
  value: bigint;
  /** true: what the attester attests; false: what the owner declares */
  isAttested: boolean;
}

export interface Worker {
  node: number;
  provider: number;
  /** per unit and epoch */
  price: bigint;
  first: number;
  /** undefined while it has no end of its own */
  last: number | undefined;
  settled: number;
  lock: bigint;
  slashed: bigint;
  notice: number | undefined;
  released: boolean;
}

export interface Deal {
  owner: string;
  terms: Terms;
  target: number;
  balance: bigint;
  /** 0 while open */
  end: number;
  unfundedRun: number;
  funded: Set<number>;
  /** every assignment there ever was, in their order */
  workers: Worker[];
  barred: Set<number>;
}

export interface Node {
  provider: number;
  units: number;
  inUse: number;
  ask: bigint;
  on: boolean;
  attended: Set<number>;
  /** what its owner declares; 0 for nothing */
  grade: bigint;
  /** counts the owner's changes of attributes, from 1 */
  revision: number;
  attested: { grade: bigint; untilEpoch: number; revision: number } | undefined;
}

export interface Provider {
  payout: string;
  free: bigint;
  locked: bigint;
  thawing: bigint;
}

export interface Owed {
  through: number;
  paid: number;
  missed: number;
  pay: bigint;
  fee: bigint;
  refund: bigint;
}
