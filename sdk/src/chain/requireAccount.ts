import type { LocalAccount } from "viem";
import { MillraceError } from "../errors/MillraceError.ts";
import type { Chain } from "./chain.ts";

/**
 * The key that a connection signs with.
 * @throws MillraceError `no-account` if it only reads
 */
export function requireAccount({ account }: Pick<Chain, "account">): LocalAccount {
  if (account !== undefined) return account;
  throw new MillraceError({
    code: "no-account",
    shortMessage: "This connection only reads: it has no key to sign with.",
    nextStep: "Connect with a private key, or create a wallet: millrace wallet new",
  });
}
