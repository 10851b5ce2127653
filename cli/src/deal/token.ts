import { findPaymentToken, type Deployment, type PaymentToken } from "@millrace/sdk";
import type { Address } from "viem";
import { failure } from "../errors.ts";

/**
 * The listed payment token of a deal.
 * @throws MillraceError `token-unknown`: without its decimals no typed amount can be read
 */
export function requireToken(deployment: Deployment, address: Address): PaymentToken {
  const token = findPaymentToken(deployment, address);
  if (token !== undefined) return token;
  throw failure(
    "token-unknown",
    `The deal is paid in ${address}, which the deployment record does not list.`,
    {
      nextStep: "Add the token with its symbol and decimals to the deployment record.",
    },
  );
}
