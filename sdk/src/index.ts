export { dealsAbi } from "./generated/dealsAbi.ts";
export { parametersAbi } from "./generated/parametersAbi.ts";
export { registryAbi } from "./generated/registryAbi.ts";
export { stakingAbi } from "./generated/stakingAbi.ts";
export * from "./api/schemas/common.ts";
export * from "./api/schemas/items.ts";
export * from "./api/schemas/names.ts";
export * from "./api/schemas/service.ts";
export * from "./api/schemas/terms.ts";
