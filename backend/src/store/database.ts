/** Runs SQL with `$1`-style parameters and returns the rows. */
export interface Sql {
  query<T extends object = Record<string, unknown>>(text: string, parameters?: unknown[]): Promise<T[]>;
}

/** The one driver interface over PGlite and PostgreSQL. */
export interface Database extends Sql {
  readonly kind: "pglite" | "postgresql";
  /** Runs `work` in one transaction: commits when it resolves, rolls back when it throws. Never wait for an RPC in it. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Runs a script of several statements without parameters. */
  script(text: string): Promise<void>;
  /** The pool's connections; all zero where there is none. */
  connections(): Connections;
  close(): Promise<void>;
}

export interface Connections {
  total: number;
  idle: number;
  /** queries that wait for a connection */
  waiting: number;
}
