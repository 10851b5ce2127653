/** What the model of the protocol remembers. Amounts are whole smallest units. */

export interface Rules {
  minFundedEpochs: number;
  feeBps: bigint;
  maxMissedEpochs: number;
  evictionSlashBps: bigint;
  resignNoticeEpochs: number;
  /** wei of MILL */
  stakePerUnit: bigint;
  /** epochs after the one of a match in which it can be challenged */
  challengeWindow: number;
  /** epochs after a worker's last one in which what it served can be disputed, where the terms have a commitment */
  disputeEpochs: number;
}

export interface Terms {
  units: number;
  min: number;
  target: number;
  max: number;
  perProvider: number;
  limit: bigint;
  minimumAsk: bigint;
  /** basis points */
  tolerance: number;
  /** for each worker that is matched */
  tip: bigint;
  /** 0 while open */
  end: number;
  /** on the node's grade, the one attribute beyond the packed ones */
  grade: GradeConstraint | undefined;
  /** with a function commitment: what workers served can be disputed */
  committed: boolean;
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
  /** basis points of the lock */
  slashedBps: number;
  /** of the worker that this one replaced, if it did */
  matchEpoch: number;
  /** last epoch in which it can be challenged */
  challengeEnd: number;
  tip: Tip;
  notice: number | undefined;
  released: boolean;
}

/** Held for who found a worker; without an amount nothing is. */
export interface Tip {
  matcher: string;
  amount: bigint;
  challenger: string | undefined;
  /** the challenger's part of the amount */
  share: bigint;
}

/** What was taken from a lock and is in escrow. */
export interface Slash {
  provider: number;
  amount: bigint;
  owner: string;
  reporter: string;
}

/** What a deal runs from an epoch on. */
export interface Version {
  /** a name for its digest; empty for none, which is refused */
  module: string;
  committed: boolean;
  fromEpoch: number;
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
  /** who may change the target beside the owner, and what the deal may cost for that */
  scaler: { key: string; cap: bigint };
  /** first epoch in which a scaler may change the target again */
  nextScaling: number;
  /** after a worker's last epoch, before it can be released */
  disputeEpochs: number;
  /** those after the one in the terms */
  versions: Version[];
}

export interface Node {
  provider: number;
  units: number;
  inUse: number;
  ask: bigint;
  on: boolean;
  /** epoch of the owner's last change */
  changed: number;
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
