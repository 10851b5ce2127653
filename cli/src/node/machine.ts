import { availableParallelism, totalmem } from "node:os";
import {
  attributesToJson,
  encodeCountry,
  hardwareClasses,
  regionGroups,
  type Attributes,
  type HardwareClass,
  type RegionGroup,
} from "@millrace/sdk";
import { option } from "../command.ts";
import { country, integer, oneOf } from "../parse.ts";

const largest = { uint16: 0xffff, uint32: 0xffff_ffff } as const;
const memoryPerUnitGiB = 2;

/** The options that describe a machine. What is not given is measured, or stays unknown. */
export const machineOptions = {
  units: option(
    "--units <n>",
    "compute units to offer (1 core, 2 GiB each)",
    integer(1, largest.uint16),
    "what fits this machine",
  ),
  region: option(
    "--region <name>",
    `one of ${regionGroups.slice(1).join(", ")}`,
    oneOf(regionGroups),
    "unknown",
  ),
  country: option("--country <code>", "ISO 3166 code of two letters", country, "unknown"),
  hardwareClass: option(
    "--hardware <class>",
    `one of ${hardwareClasses.slice(1).join(", ")}`,
    oneOf(hardwareClasses),
    "unknown",
  ),
  cores: option("--cores <n>", "physical cores", integer(1, largest.uint16), "measured"),
  memory: option("--memory <GiB>", "memory", integer(1, largest.uint16), "measured"),
  bandwidth: option("--bandwidth <Mbps>", "guaranteed bandwidth", integer(1, largest.uint32), "unknown"),
} as const;

/** The values of {@link machineOptions}. */
export interface MachineValues {
  readonly units: number | undefined;
  readonly region: RegionGroup | undefined;
  readonly country: string | undefined;
  readonly hardwareClass: HardwareClass | undefined;
  readonly cores: number | undefined;
  readonly memory: number | undefined;
  readonly bandwidth: number | undefined;
}

/** {@link MachineValues} of somebody who says nothing: all of it is measured. */
export const nothingGiven: MachineValues = {
  ...{ units: undefined, region: undefined, country: undefined, hardwareClass: undefined },
  ...{ cores: undefined, memory: undefined, bandwidth: undefined },
};

/** What a node is registered with. */
export interface MachineClaim {
  readonly units: number;
  readonly attributes: Attributes;
}

/** Units and attributes from the options, the rest from this machine. */
export function describeMachine(values: MachineValues): MachineClaim {
  const cores = values.cores ?? Math.min(availableParallelism(), largest.uint16);
  const memoryGiB = values.memory ?? Math.max(1, Math.round(totalmem() / 2 ** 30));
  const fitting = Math.max(1, Math.min(cores, Math.floor(memoryGiB / memoryPerUnitGiB)));
  return {
    units: values.units ?? fitting,
    attributes: {
      regionGroup: regionGroups.indexOf(values.region ?? "unknown"),
      country: values.country === undefined ? 0 : encodeCountry(values.country),
      hardwareClass: hardwareClasses.indexOf(values.hardwareClass ?? "unknown"),
      cores,
      memoryGiB,
      bandwidthMbps: values.bandwidth ?? 0,
    },
  };
}

/** Attributes in words, for a person. */
export function describeAttributes(attributes: Attributes): string {
  const {
    regionGroup,
    country: code,
    hardwareClass,
    cores,
    memoryGiB,
    bandwidthMbps,
  } = attributesToJson(attributes);
  const parts = [
    regionGroup === "unknown" ? undefined : regionGroup,
    code ?? undefined,
    hardwareClass === "unknown" ? undefined : hardwareClass,
    `${cores} cores`,
    `${memoryGiB} GiB`,
    bandwidthMbps === 0 ? undefined : `${bandwidthMbps} Mbit/s`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}
