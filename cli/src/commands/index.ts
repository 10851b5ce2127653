import type { AnyCommand } from "../command.ts";
import { daoCancel } from "./dao/cancel.ts";
import { daoDelegate } from "./dao/delegate.ts";
import { daoExecute } from "./dao/execute.ts";
import { daoList } from "./dao/list.ts";
import { daoParams } from "./dao/params.ts";
import { daoPause } from "./dao/pause.ts";
import { daoPropose } from "./dao/propose.ts";
import { daoQueue } from "./dao/queue.ts";
import { daoResume } from "./dao/resume.ts";
import { daoShow } from "./dao/show.ts";
import { daoSlashes } from "./dao/slashes.ts";
import { daoTreasury } from "./dao/treasury.ts";
import { daoVeto } from "./dao/veto.ts";
import { daoVote } from "./dao/vote.ts";
import { dealBar } from "./deal/bar.ts";
import { dealCall } from "./deal/call.ts";
import { dealCompensation } from "./deal/compensation.ts";
import { dealCreate } from "./deal/create.ts";
import { dealChallenge } from "./deal/challenge.ts";
import { dealDismiss } from "./deal/dismiss.ts";
import { dealFund } from "./deal/fund.ts";
import { dealList } from "./deal/list.ts";
import { dealPermit } from "./deal/permit.ts";
import { dealQuote } from "./deal/quote.ts";
import { dealScale } from "./deal/scale.ts";
import { dealScaler } from "./deal/scaler.ts";
import { dealShow } from "./deal/show.ts";
import { dealStop } from "./deal/stop.ts";
import { dealTips } from "./deal/tips.ts";
import { dealUnbar } from "./deal/unbar.ts";
import { dealUpdate } from "./deal/update.ts";
import { dealWatch } from "./deal/watch.ts";
import { dealWithdraw } from "./deal/withdraw.ts";
import { devStatus } from "./dev/status.ts";
import { functionBuild } from "./function/build.ts";
import { functionDelete } from "./function/delete.ts";
import { functionDeploy } from "./function/deploy.ts";
import { functionInit } from "./function/init.ts";
import { functionInspect } from "./function/inspect.ts";
import { functionList } from "./function/list.ts";
import { functionRollback } from "./function/rollback.ts";
import { functionLogs } from "./function/logs.ts";
import { functionStep } from "./function/step.ts";
import { functionTest } from "./function/test.ts";
import { nodeAdd } from "./node/add.ts";
import { nodeAttest } from "./node/attest.ts";
import { nodeAttestations } from "./node/attestations.ts";
import { nodeAttributes } from "./node/attributes.ts";
import { nodeInit } from "./node/init.ts";
import { nodeResign } from "./node/resign.ts";
import { nodeRetire } from "./node/retire.ts";
import { nodeRevoke } from "./node/revoke.ts";
import { nodeRotateKey } from "./node/rotateKey.ts";
import { nodeSetEndpoint } from "./node/setEndpoint.ts";
import { nodeStart } from "./node/start.ts";
import { nodeStatus } from "./node/status.ts";
import { offerOff } from "./offer/off.ts";
import { offerSet } from "./offer/set.ts";
import { offerShow } from "./offer/show.ts";
import { providerClaim } from "./provider/claim.ts";
import { providerEarnings } from "./provider/earnings.ts";
import { providerRegister } from "./provider/register.ts";
import { providerSetPayout } from "./provider/setPayout.ts";
import { providerStake } from "./provider/stake.ts";
import { providerStatus } from "./provider/status.ts";
import { providerUnstake } from "./provider/unstake.ts";
import { providerWithdraw } from "./provider/withdraw.ts";
import { secretList } from "./secret/list.ts";
import { secretRemove } from "./secret/remove.ts";
import { secretSet } from "./secret/set.ts";
import { walletBalance } from "./wallet/balance.ts";
import { walletFaucet } from "./wallet/faucet.ts";
import { walletImport } from "./wallet/import.ts";
import { walletList } from "./wallet/list.ts";
import { walletNew } from "./wallet/new.ts";

/** The nouns in the order of the help. */
export const nouns = [
  { name: "function", summary: "Write, test and deploy functions" },
  { name: "deal", summary: "Call deployed functions, and see and fund the deals that keep them running" },
  { name: "secret", summary: "Values that only a function's workers can read" },
  { name: "provider", summary: "Earn with your machines: register, stake, claim" },
  { name: "node", summary: "Set up and run a machine that serves functions" },
  { name: "offer", summary: "Say what a node's units cost" },
  { name: "dao", summary: "Decide on the protocol: delegate, propose, vote, carry out" },
  { name: "wallet", summary: "Keys that sign and pay" },
  { name: "dev", summary: "The devnet on this machine" },
] as const;

/** Every command, in the order of the help and of docs/cli.md. */
export const commands: readonly AnyCommand[] = [
  functionInit,
  functionBuild,
  functionTest,
  functionInspect,
  functionStep,
  functionDeploy,
  functionList,
  functionRollback,
  functionDelete,
  functionLogs,
  dealQuote,
  dealCreate,
  dealCall,
  dealShow,
  dealWatch,
  dealList,
  dealUpdate,
  dealFund,
  dealScale,
  dealScaler,
  dealChallenge,
  dealDismiss,
  dealBar,
  dealTips,
  dealCompensation,
  dealUnbar,
  dealPermit,
  dealStop,
  dealWithdraw,
  secretSet,
  secretList,
  secretRemove,
  providerRegister,
  providerStake,
  providerStatus,
  providerEarnings,
  providerClaim,
  providerSetPayout,
  providerUnstake,
  providerWithdraw,
  nodeInit,
  nodeAdd,
  nodeStart,
  nodeStatus,
  nodeSetEndpoint,
  nodeRotateKey,
  nodeResign,
  nodeRetire,
  nodeAttributes,
  nodeAttest,
  nodeAttestations,
  nodeRevoke,
  offerSet,
  offerOff,
  offerShow,
  daoDelegate,
  daoPropose,
  daoList,
  daoShow,
  daoVote,
  daoQueue,
  daoExecute,
  daoCancel,
  daoSlashes,
  daoVeto,
  daoParams,
  daoTreasury,
  daoPause,
  daoResume,
  walletNew,
  walletImport,
  walletList,
  walletBalance,
  walletFaucet,
  devStatus,
];
