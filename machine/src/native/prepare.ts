// What a process needs that prepares modules: `@millrace/machine/prepare`.
export { MachineError } from "../errors.ts";
export { nameFunctions } from "./name-functions.ts";
export { prepare } from "../prepare.ts";
export type { Prepared } from "../prepare.ts";
