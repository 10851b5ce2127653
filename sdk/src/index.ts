/** The entry of `@millrace/sdk`; runs in a browser too. Files and keystores are in `@millrace/sdk/node`. */
export { testStablecoinAbi, tokenAbi } from "./abi/tokenAbi.ts";
export {
  allItems,
  createApi,
  type Api,
  type CreateApiOptions,
  type Page,
  type Single,
} from "./api/createApi.ts";
export { readNodeStatus, type NodeStatus } from "./api/readNodeStatus.ts";
export type { RequestOptions } from "./api/request.ts";
export * from "./api/schemas/common.ts";
export * from "./api/schemas/items.ts";
export * from "./api/schemas/names.ts";
export * from "./api/schemas/service.ts";
export * from "./api/schemas/terms.ts";
export {
  attributeId,
  attributeName,
  attributesFromJson,
  attributesToJson,
  encodeCountry,
  formatAttributeValue,
  parseAttributeValue,
  type Attributes,
} from "./attributes.ts";
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
  type SignedCall,
  type SignCallParameters,
  type VerifyCallParameters,
} from "./calls/callProof.ts";
export { callRefusals, type CallAnswer } from "./calls/attempt.ts";
export {
  createCaller,
  type Caller,
  type CallOptions,
  type CreateCallerParameters,
} from "./calls/createCaller.ts";
export { callHeaders } from "./calls/headers.ts";
export {
  dealLogEntrySchema,
  dealLogPageSchema,
  readDealLog,
  type DealLogEntry,
  type ReadDealLogParameters,
} from "./calls/dealLog.ts";
export { permissionError, permissionStatuses, type PermissionErrorCode } from "./calls/permissionErrors.ts";
export type { Chain, Envelope, Outbox, SubmitOptions } from "./chain/chain.ts";
export { connect, type ConnectParameters } from "./chain/connect.ts";
export {
  epochAt,
  epochStart,
  findPaymentToken,
  parseDeployment,
  type Deployment,
  type PaymentToken,
} from "./chain/deployment.ts";
export { read, type ReadParameters } from "./chain/read.ts";
export { requireAccount } from "./chain/requireAccount.ts";
export { eventOf, type EventOfParameters } from "./chain/eventOf.ts";
export { readDeal, type DealState } from "./chain/readDeal.ts";
export { readDealView, type DealView } from "./chain/readDealView.ts";
export { readDealCreation, readTerms, type DealCreation } from "./chain/readTerms.ts";
export { readLogs, type ReadLogsParameters } from "./chain/readLogs.ts";
export { readWorkers, type ActiveWorker, type ReadWorkersOptions } from "./chain/readWorkers.ts";
export { send, type SendParameters, type SendReturn } from "./chain/send.ts";
export { cidToDigest, digestToCid, moduleCid, verifyBlob } from "./cid.ts";
export { decodeRevert } from "./errors/decodeRevert.ts";
export { MillraceError, type MillraceErrorParameters } from "./errors/MillraceError.ts";
export { isUnreachable } from "./errors/transport.ts";
export { dealsAbi } from "./generated/dealsAbi.ts";
export { governorAbi } from "./generated/governorAbi.ts";
export { millAbi } from "./generated/millAbi.ts";
export { modulesAbi } from "./generated/modulesAbi.ts";
export { parametersAbi } from "./generated/parametersAbi.ts";
export { registryAbi } from "./generated/registryAbi.ts";
export { stakingAbi } from "./generated/stakingAbi.ts";
export { timelockAbi } from "./generated/timelockAbi.ts";
export { votingPowerAbi } from "./generated/votingPowerAbi.ts";
export { constraintOf, termsFromJson, termsToJson, type Constraint, type Terms } from "./terms.ts";
export {
  formatAmount,
  formatTime,
  formatToken,
  millDecimals,
  millUnits,
  parseAmount,
  type TokenUnits,
} from "./units.ts";
export { barProvider, type BarProviderParameters } from "./deals/barProvider.ts";
export { challengeWorker, type ChallengeWorkerParameters } from "./deals/challengeWorker.ts";
export { claim, type ClaimParameters } from "./deals/claim.ts";
export {
  claimAll,
  type ClaimAllParameters,
  type ClaimAllReturn,
  type ClaimItem,
  type TokenAmount,
} from "./deals/claimAll.ts";
export { collectFees } from "./deals/collectFees.ts";
export { createDeal, type CreateDealParameters } from "./deals/createDeal.ts";
export {
  countRefusals,
  describeRefusal,
  describeConstraint,
  describeWaiting,
  type DescribeWaitingParameters,
  type NodeUnits,
  type RefusalContext,
} from "./deals/describeWaiting.ts";
export { dismiss, type DismissParameters } from "./deals/dismiss.ts";
export { endWorker, type EndWorkerParameters } from "./deals/endWorker.ts";
export { evict, type EvictParameters } from "./deals/evict.ts";
export { explainWaiting, type Waiting } from "./deals/explainWaiting.ts";
export {
  dealEventWords,
  moduleEventWords,
  type DealEventName,
  type EventContext,
  type EventWords,
} from "./deals/history/describeEvent.ts";
export type { DealEvent } from "./deals/history/dealEvent.ts";
export { dateEvents, readDealHistory, type DatedDealEvent } from "./deals/history/readDealHistory.ts";
export { watchDeal, type DealNews, type WatchDealParameters } from "./deals/history/watchDeal.ts";
export { matchDeal, type MatchDealParameters } from "./deals/matchDeal.ts";
export { payTip, type PayTipParameters } from "./deals/payTip.ts";
export { quoteDeal, type Quote } from "./deals/quoteDeal.ts";
export { readDealsOf } from "./deals/readDealsOf.ts";
export { readServingWorkers, type ServingWorker } from "./deals/readServingWorkers.ts";
export { waitForMatch, type WaitForDealParameters } from "./deals/waitForMatch.ts";
export { waitForReady } from "./deals/waitForReady.ts";
export { readModuleVersions, type ModuleVersion, type ModuleVersions } from "./deals/readModuleVersions.ts";
export {
  meetsConstraint,
  readUnmet,
  type ReadUnmetParameters,
  type UnmetConstraint,
} from "./deals/readUnmet.ts";
export { readEligibility, type ReadEligibilityParameters } from "./deals/readEligibility.ts";
export { readOwed, type Owed, type ReadOwedParameters } from "./deals/readOwed.ts";
export { readScaler, type Scaler } from "./deals/readScaler.ts";
export { readTip, type Tip } from "./deals/readTip.ts";
export { readWorker, type StoredWorker } from "./deals/readWorker.ts";
export { releaseWorker, type ReleaseWorkerParameters } from "./deals/releaseWorker.ts";
export { resign, type ResignParameters } from "./deals/resign.ts";
export { waitForModule, type VersionOnWorker, type WaitForModuleParameters } from "./deals/waitForModule.ts";
export { setModule, type SetModuleParameters } from "./deals/setModule.ts";
export { setScaler, type SetScalerParameters } from "./deals/setScaler.ts";
export { setTarget, type SetTargetParameters } from "./deals/setTarget.ts";
export { settleWorker, type SettleWorkerParameters } from "./deals/settleWorker.ts";
export { stopDeal, type StopDealParameters } from "./deals/stopDeal.ts";
export { topUp, type TopUpParameters } from "./deals/topUp.ts";
export { unbarProvider, type UnbarProviderParameters } from "./deals/unbarProvider.ts";
export { withdrawDeal, type WithdrawDealParameters } from "./deals/withdrawDeal.ts";
export { withdrawEarnings, type WithdrawEarningsParameters } from "./deals/withdrawEarnings.ts";
export { withdrawRefund, type WithdrawRefundParameters } from "./deals/withdrawRefund.ts";
export {
  askOneStep,
  type AskOneStepParameters,
  type OneStepAnswer,
  type StepGas,
} from "./disputes/askOneStep.ts";
export {
  payCoinAction,
  payTokenAction,
  resumeEntryAction,
  addSlasherAction,
  removeSlasherAction,
  setGuardianAction,
  vetoSlashAction,
  setParameterAction,
  type ProposalAction,
} from "./governance/actions.ts";
export {
  cancelProposal,
  executeProposal,
  queueProposal,
  type ProposalParameters,
} from "./governance/carryOut.ts";
export { castVote, type CastVoteParameters } from "./governance/castVote.ts";
export { delegate, type DelegateParameters, type DelegateReturn } from "./governance/delegate.ts";
export { describeAction, type ActionDescription } from "./governance/describeAction.ts";
export {
  formatParameter,
  parameterNames,
  parameterSpecs,
  parseParameter,
  type ParameterName,
  type ParameterUnit,
} from "./governance/parameterSpecs.ts";
export { pauseEntry, type PauseEntryParameters } from "./governance/pauseEntry.ts";
export {
  proposalStates,
  voteChoices,
  type ProposalState,
  type VoteChoice,
} from "./governance/proposalStates.ts";
export { propose, type ProposeParameters } from "./governance/propose.ts";
export { readEntryPause } from "./governance/readEntryPause.ts";
export { readParameters, type GovernedParameters, type GuardianState } from "./governance/readParameters.ts";
export { listProposals, readProposal, type Proposal } from "./governance/readProposal.ts";
export type { ProposalContent } from "./governance/readProposalContent.ts";
export { readTreasury, type Treasury } from "./governance/readTreasury.ts";
export { readVotes, type Votes } from "./governance/readVotes.ts";
export { resumeEntry } from "./governance/resumeEntry.ts";
export { simulateProposal, type SimulatedAction } from "./governance/simulateProposal.ts";
export { addNode, type AddNodeParameters } from "./providers/addNode.ts";
export { attend } from "./providers/attend.ts";
export { attendAll, type AttendAllParameters, type AttendAllReturn } from "./providers/attendAll.ts";
export { attest, revokeAttestation, type AttestParameters } from "./providers/attest.ts";
export { cancelPayoutChange, type CancelPayoutChangeParameters } from "./providers/cancelPayoutChange.ts";
export { changeNode, type ChangeNodeParameters } from "./providers/changeNode.ts";
export { findProvider, readProvider, type ProviderState } from "./providers/readProvider.ts";
export { registerProvider, type RegisterProviderParameters } from "./providers/registerProvider.ts";
export { requestPayoutChange, type RequestPayoutChangeParameters } from "./providers/requestPayoutChange.ts";
export { requestThaw, type RequestThawParameters } from "./providers/requestThaw.ts";
export { retireNode, type RetireNodeParameters } from "./providers/retireNode.ts";
export { rotateOperator, type RotateOperatorParameters } from "./providers/rotateOperator.ts";
export { readAttribute, type ReadAttributeParameters } from "./providers/readAttribute.ts";
export { readNodeAttributes, type Attestation, type NodeAttributes } from "./providers/readNodeAttributes.ts";
export { setAttributes, type SetAttributesParameters } from "./providers/setAttributes.ts";
export { setEndpoint, type SetEndpointParameters } from "./providers/setEndpoint.ts";
export { setOffer, type SetOfferParameters } from "./providers/setOffer.ts";
export { recoverAttendance } from "./providers/recoverAttendance.ts";
export {
  signAttendance,
  type Attendance,
  type SignAttendanceParameters,
} from "./providers/signAttendance.ts";
export { signOperatorConsent, type SignOperatorConsentParameters } from "./providers/signOperatorConsent.ts";
export { stake, type StakeParameters } from "./providers/stake.ts";
export { executeSlash } from "./slashes/executeSlash.ts";
export { readShares } from "./slashes/readShares.ts";
export { readSlashes, type Slash, type Slasher } from "./slashes/readSlashes.ts";
export { vetoSlash } from "./slashes/vetoSlash.ts";
export { withdrawShares } from "./slashes/withdrawShares.ts";
export { withdrawThawed, type WithdrawThawedParameters } from "./providers/withdrawThawed.ts";
export {
  deriveEncryptionKey,
  encryptionKeySigner,
  encryptionSchema,
  signEncryptionKey,
  verifyEncryptionKey,
  type Encryption,
  type EncryptionKey,
} from "./secrets/encryptionKey.ts";
export {
  isRemoved,
  secretEntriesSchema,
  secretEntryOf,
  type SecretEntry,
  type SecretItem,
} from "./secrets/item.ts";
export { checkSecret, checkSecretTotals, requestVariables, secretLimits } from "./secrets/limits.ts";
export { listSecrets, type ListedSecret, type SecretList, type SecretWorker } from "./secrets/listSecrets.ts";
export { mergeSecrets, supersedes } from "./secrets/mergeSecrets.ts";
export { openSecrets, sealSecrets, type SealScope } from "./secrets/sealSecrets.ts";
export { setSecrets, type SetSecretsParameters, type SetSecretsReturn } from "./secrets/setSecrets.ts";
export { signSecret, type SignSecretParameters } from "./secrets/signSecret.ts";
export { verifySecret, type VerifySecretParameters } from "./secrets/verifySecret.ts";
export { allow, type AllowParameters } from "./tokens/allow.ts";
export { readBalance } from "./tokens/readBalance.ts";
export { sendCoin, type SendCoinParameters } from "./tokens/sendCoin.ts";
export { signPermit, type SignPermitParameters, type Permit } from "./tokens/signPermit.ts";
