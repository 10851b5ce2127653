import { resolve } from "node:path";
import { connect, createApi, MillraceError, type Api, type Chain } from "@millrace/sdk";
import { readDeployment } from "@millrace/sdk/node";
import { loadNetwork, type Network } from "./network.ts";
import { paintFor, type Paint } from "./output.ts";
import { createProgress, type Progress } from "./progress.ts";
import { findWallet, openWallet, type Wallet } from "./wallet/store.ts";

/** The options that every command shares, as far as it has them. */
export interface CommonOptions {
  readonly json: boolean;
  readonly network: string | undefined;
  readonly wallet: string | undefined;
  readonly passwordFile: string | undefined;
}

/** What a Ctrl-C does at this moment. */
export interface Interruption {
  /** What to type to go on if it comes now; undefined: nothing was begun. */
  next: string | undefined;
  /** A command that ends by itself (a daemon in the foreground) takes the signal. */
  handler: ((signal: NodeJS.Signals) => void) | undefined;
}

/** What a command's handler works with. Everything is opened when it is first asked for. */
export interface Context {
  readonly json: boolean;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly paint: Paint;
  readonly progress: Progress;
  readonly interruption: Interruption;
  /** An absolute path of what the person typed. */
  readonly path: (typed: string) => string;
  /** A line for the person on stderr. */
  readonly note: (line: string) => void;
  readonly network: () => Promise<Network>;
  /** The network, or undefined where none was chosen and none runs here. */
  readonly networkIfAny: () => Promise<Network | undefined>;
  readonly api: () => Promise<Api>;
  /** The chain, for reading only. */
  readonly chain: () => Promise<Chain>;
  /** Which wallet the command uses (or the named one); needs no password. */
  readonly wallet: (name?: string) => Promise<Wallet>;
  /** The chain with the wallet's key; asks for its password. */
  readonly signer: () => Promise<Chain>;
}

/** Makes the context of one run. `preferredWallet` is the devnet account the command takes by itself. */
export function createContext(common: CommonOptions, preferredWallet: string): Context {
  const { cwd, env } = { cwd: process.cwd(), env: process.env };
  const path = (typed: string) => resolve(cwd, typed);
  const network = once(() => loadNetwork({ chosen: common.network, cwd, env }));
  const find = async (chosen: string | undefined) =>
    findWallet({ chosen, preferred: preferredWallet, env, network: await network() });
  const wallet = once(() => find(common.wallet));
  const open = async (privateKey?: `0x${string}`): Promise<Chain> => {
    const { rpcUrl, deployment } = await network();
    const record = await readDeployment(deployment);
    return connect({ rpcUrl, deployment: record, ...(privateKey === undefined ? {} : { privateKey }) });
  };
  const passwordFile = common.passwordFile === undefined ? undefined : path(common.passwordFile);
  const isTerminal = process.stderr.isTTY && process.stdout.isTTY;
  return {
    json: common.json,
    cwd,
    env,
    paint: paintFor(process.stdout),
    progress: createProgress(common.json ? "silent" : isTerminal ? "terminal" : "lines"),
    interruption: { next: undefined, handler: undefined },
    path,
    note: (line) => void process.stderr.write(`${line}\n`),
    network,
    networkIfAny: async () => {
      try {
        return await network();
      } catch (error) {
        const isChosen = common.network !== undefined || Boolean(env["MILLRACE_NETWORK"]);
        if (!isChosen && error instanceof MillraceError && error.code === "network-missing") return undefined;
        throw error;
      }
    },
    api: once(async () => createApi((await network()).apiUrl)),
    chain: once(() => open()),
    wallet: (name) => (name === undefined ? wallet() : find(name)),
    signer: once(async () => open(await openWallet(await wallet(), passwordFile, env))),
  };
}

/** Calls a factory the first time only. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
