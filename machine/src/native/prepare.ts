// What a process needs that prepares modules: `@millrace/machine/prepare`.
export { MachineError } from "../errors.ts";
export { prepare } from "../prepare.ts";
export type { Prepared } from "../prepare.ts";
