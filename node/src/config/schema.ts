import { type Static, Type } from "typebox";

const httpUrl = (what: string) => Type.String({ pattern: "^https?://[^\\s]+$", description: what });

/** Schema of node.json. Each description completes "set <field> to …". */
export const nodeConfigSchema = Type.Object(
  {
    rpcUrl: httpUrl("the http(s) URL of an RPC endpoint of the chain"),
    deployment: Type.String({
      minLength: 1,
      description: "the path of the deployment record (deployments/<network>.json)",
    }),
    blobSources: Type.Array(httpUrl("the http(s) URL of a backend"), {
      description:
        "a list of http(s) URLs that serve modules at /v1/blobs/<cid>; [] takes them from other nodes only",
    }),
    dataFolder: Type.String({ minLength: 1, description: "the path of a folder of this node alone" }),
    listen: Type.Object(
      {
        host: Type.String({ minLength: 1, description: 'the address to listen on, for example "0.0.0.0"' }),
        port: Type.Integer({
          minimum: 0,
          maximum: 65535,
          description: "a port from 0 (any free one) to 65535",
        }),
      },
      { additionalProperties: false, description: 'an object like { "host": "0.0.0.0", "port": 8080 }' },
    ),
    publicUrl: httpUrl("the http(s) URL under which callers reach this node"),
    nodeId: Type.Integer({
      minimum: 1,
      maximum: 4294967295,
      description: "the node's id as the registry gave it (1 or more)",
    }),
    keystore: Type.String({
      minLength: 1,
      description: "the path of the encrypted operator key (Web3 Secret Storage)",
    }),
    nextKeystore: Type.Optional(
      Type.String({
        minLength: 1,
        description: "the path of the operator key that follows after a rotation (millrace node rotate-key)",
      }),
    ),
    passwordFile: Type.Optional(
      Type.String({
        minLength: 1,
        description: "the path of a file whose first line is the keystore's password",
      }),
    ),
    pollIntervalMs: Type.Optional(
      Type.Integer({
        minimum: 50,
        maximum: 60000,
        description: "how often to look for a new block, 50 to 60000 ms",
      }),
    ),
    moduleMaxMiB: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1024, description: "the largest module to accept, 1 to 1024 MiB" }),
    ),
    maxQueuedCalls: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10000,
        description: "how many calls may wait per deal, 0 to 10000",
      }),
    ),
    bodyBudgetMiB: Type.Optional(
      Type.Integer({
        minimum: 16,
        maximum: 65536,
        description: "memory for request bodies of all deals together, 16 MiB or more",
      }),
    ),
    drainTimeoutMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 600000,
        description: "how long a stop waits for running calls, 0 to 600000 ms",
      }),
    ),
    maxTransactionsPerHour: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100000,
        description: "how many transactions the operator may send in an hour, 1 to 100000",
      }),
    ),
    attendanceRelay: Type.Optional(
      httpUrl(
        "the http(s) URL of another node of your provider that brings this one's attendance to the chain",
      ),
    ),
    relayAttendances: Type.Optional(
      Type.Boolean({
        description:
          "true to bring the attendances of your provider's other nodes to the chain, and pay for them",
      }),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          certFile: Type.String({ minLength: 1, description: "the path of the certificate chain (PEM)" }),
          keyFile: Type.String({
            minLength: 1,
            description: "the path of the certificate's private key (PEM)",
          }),
        },
        {
          additionalProperties: false,
          description: 'an object like { "certFile": "fullchain.pem", "keyFile": "privkey.pem" }',
        },
      ),
    ),
    logLevel: Type.Optional(
      Type.Union(
        [
          Type.Literal("debug"),
          Type.Literal("info"),
          Type.Literal("warn"),
          Type.Literal("error"),
          Type.Literal("silent"),
        ],
        { description: '"debug", "info", "warn", "error" or "silent"' },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The file as written, before defaults and absolute paths. */
export type NodeConfigFile = Static<typeof nodeConfigSchema>;

/** The node's settings with every default filled and every path absolute. */
export interface NodeConfig extends Omit<
  NodeConfigFile,
  "passwordFile" | "nextKeystore" | "tls" | "maxTransactionsPerHour" | "attendanceRelay" | "relayAttendances"
> {
  passwordFile: string | undefined;
  nextKeystore: string | undefined;
  tls: { certFile: string; keyFile: string } | undefined;
  /** undefined: what the epoch's length asks for */
  maxTransactionsPerHour: number | undefined;
  /** base URL of the node that this one's attendance is handed to; undefined: it attends by itself */
  attendanceRelay: string | undefined;
  relayAttendances: boolean;
  pollIntervalMs: number;
  moduleMaxMiB: number;
  maxQueuedCalls: number;
  bodyBudgetMiB: number;
  drainTimeoutMs: number;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
}
