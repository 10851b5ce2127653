import { cidToDigest, parseAmount, type Chain, type Terms } from "@millrace/sdk";
import { zeroAddress, zeroHash } from "viem";

/** Terms for one worker anywhere, at 0.002 per unit and epoch at most. */
export function oneWorker(chain: Chain, cid: string, changes: Partial<Terms> = {}): Terms {
  const [token] = chain.deployment.paymentTokens;
  if (token === undefined) throw new Error("The network has no payment token.");
  return {
    paymentToken: token.address,
    moduleDigest: cidToDigest(cid),
    functionCommitment: zeroHash,
    unitsPerWorker: 1,
    minWorkers: 1,
    targetWorkers: 1,
    maxWorkers: 8,
    maxWorkersPerProvider: 1,
    priceLimit: parseAmount("0.002", token.decimals),
    minimumAsk: 0n,
    priceToleranceBps: 0,
    tipPerWorker: 0n,
    endEpoch: 0,
    openToAll: true,
    permissionIssuer: zeroAddress,
    constraints: [],
    listMode: 0,
    providers: [],
    ...changes,
  };
}
