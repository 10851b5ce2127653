import {
  dealsAbi,
  governorAbi,
  modulesAbi,
  parametersAbi,
  registryAbi,
  stakingAbi,
  type Deployment,
} from "@millrace/sdk";
import { decodeEventLog, toEventSelector, type AbiEvent, type AbiParameter, type Hex } from "viem";
import type { ContractEventName, DecodeEventLogReturnType } from "viem";

const eventsOf = {
  registry: registryAbi.filter((item) => item.type === "event"),
  staking: stakingAbi.filter((item) => item.type === "event"),
  deals: dealsAbi.filter((item) => item.type === "event"),
  modules: modulesAbi.filter((item) => item.type === "event"),
  parameters: parametersAbi.filter((item) => item.type === "event"),
  governor: governorAbi.filter((item) => item.type === "event"),
} as const;

export type ContractName = keyof typeof eventsOf;
type Events = (typeof eventsOf)[ContractName][number][];
export type EventName = ContractEventName<Events>;
export type EventArgs<N extends EventName> = Extract<
  DecodeEventLogReturnType<Events, N>,
  { eventName: N }
>["args"];

/** A decoded log of one of our contracts. */
export interface ChainEvent<N extends EventName = EventName> {
  name: N;
  contract: ContractName;
  args: EventArgs<N>;
  blockNumber: number;
  blockHash: string;
  /** unix seconds of the block */
  timestamp: number;
  logIndex: number;
  txHash: string;
}
export type AnyChainEvent = { [N in EventName]: ChainEvent<N> }[EventName];

export const contractNames = Object.keys(eventsOf) as ContractName[];

const definitions = new Map<string, AbiEvent>(
  Object.values(eventsOf)
    .flat()
    .map((event) => [event.name, event]),
);
const selectors = new Map<Hex, AbiEvent>(
  [...definitions.values()].map((event) => [toEventSelector(event), event]),
);

/** A log's place and content, before it is decoded. */
export interface RawLog {
  address: string;
  topics: readonly Hex[];
  data: Hex;
}

/** Decodes a log of one of the deployment's contracts; undefined if it is of another contract or not one of our events. */
export function decodeLog(
  deployment: Deployment,
  log: RawLog,
): Pick<AnyChainEvent, "name" | "contract" | "args"> | undefined {
  const address = log.address.toLowerCase();
  const contract = contractNames.find((name) => deployment.contracts[name].toLowerCase() === address);
  const [selector, ...rest] = log.topics;
  const definition = selector === undefined ? undefined : selectors.get(selector);
  if (contract === undefined || selector === undefined || definition === undefined) return undefined;
  const { args } = decodeEventLog({
    abi: [definition],
    topics: [selector, ...rest],
    data: log.data,
    strict: true,
  });
  return { contract, name: definition.name as EventName, args: args as EventArgs<EventName> };
}

/** An event's arguments as JSON: every integer a decimal string, and no NUL, which PostgreSQL can't hold. */
export function argsToJson(args: object): Record<string, unknown> {
  return toJson(args) as Record<string, unknown>;
}

function toJson(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  if (typeof value === "string") return value.replaceAll("\0", "\uFFFD");
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toJson(part)]));
  return value;
}

/**
 * The reverse of {@link argsToJson}, with the types of the event's ABI.
 * @throws Error if no contract has an event of this name
 */
export function argsFromJson<N extends EventName>(name: N, json: object): EventArgs<N> {
  const definition = definitions.get(name);
  if (definition === undefined) throw new Error(`No contract of this version has an event ${name}`);
  return structFromJson(definition.inputs, json) as EventArgs<N>;
}

function structFromJson(parameters: readonly AbiParameter[], json: object): object {
  const values = json as Record<string, unknown>;
  return Object.fromEntries(
    parameters.map((parameter) => {
      const name = parameter.name ?? "";
      return [name, fromJson(parameter, parameter.type, values[name])];
    }),
  );
}

function fromJson(parameter: AbiParameter, type: string, value: unknown): unknown {
  if (type.endsWith("[]"))
    return (value as unknown[]).map((item) => fromJson(parameter, type.slice(0, -2), item));
  if (type === "tuple" && "components" in parameter)
    return structFromJson(parameter.components, value as object);
  const bits = /^u?int(\d+)$/.exec(type)?.[1];
  if (bits === undefined) return value;
  // As viem decodes them.
  return Number(bits) <= 48 ? Number(value) : BigInt(value as string);
}
