/** The entry of `@millrace/sdk`; runs in a browser too. Files and keystores are in `@millrace/sdk/node`. */
export { millAbi, testStablecoinAbi, tokenAbi } from "./abi/tokenAbi.ts";
export * from "./api/schemas/common.ts";
export * from "./api/schemas/items.ts";
export * from "./api/schemas/names.ts";
export * from "./api/schemas/service.ts";
export * from "./api/schemas/terms.ts";
export {
  callPermissionSchema,
  decodePermission,
  encodePermission,
  signCallPermission,
  verifyCallPermission,
  type CallPermission,
  type SignCallPermissionParameters,
  type VerifyCallPermissionParameters,
} from "./calls/callPermission.ts";
export {
  callClockToleranceSeconds,
  decodeCallProof,
  encodeCallProof,
  signCall,
  verifyCall,
  type CallProof,
  type SignCallParameters,
  type VerifyCallParameters,
} from "./calls/callProof.ts";
export { callHeaders } from "./calls/headers.ts";
export { permissionStatuses, type PermissionErrorCode } from "./calls/permissionErrors.ts";
export { connect, type Chain, type ConnectParameters } from "./chain/connect.ts";
export {
  epochAt,
  epochStart,
  findPaymentToken,
  parseDeployment,
  type Deployment,
  type PaymentToken,
} from "./chain/deployment.ts";
export { readDeal, type DealState } from "./chain/readDeal.ts";
export { readDealCreation, readTerms, type DealCreation } from "./chain/readTerms.ts";
export { readLogs, type ReadLogsParameters } from "./chain/readLogs.ts";
export { readWorkers, type ActiveWorker } from "./chain/readWorkers.ts";
export { send, type SendParameters, type SendReturn } from "./chain/send.ts";
export { cidToDigest, digestToCid, moduleCid, verifyBlob } from "./cid.ts";
export { decodeRevert } from "./errors/decodeRevert.ts";
export { MillraceError, type MillraceErrorParameters } from "./errors/MillraceError.ts";
export { isUnreachable } from "./errors/transport.ts";
export { dealsAbi } from "./generated/dealsAbi.ts";
export { parametersAbi } from "./generated/parametersAbi.ts";
export { registryAbi } from "./generated/registryAbi.ts";
export { stakingAbi } from "./generated/stakingAbi.ts";
export { termsFromJson, termsToJson, type Constraint, type Terms } from "./terms.ts";
export { formatAmount, formatToken, millDecimals, parseAmount, type TokenUnits } from "./units.ts";
