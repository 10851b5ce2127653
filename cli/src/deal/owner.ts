import { getAddress, isAddress, type Address } from "viem";
import { option } from "../command.ts";
import type { Context } from "../context.ts";
import { text } from "../parse.ts";

/** Whose deals a list shows. */
export const ownerOption = option(
  "--owner <wallet|address>",
  "deals of this wallet or address",
  text,
  "your wallet",
);

/** The address that is named, or that of the wallet with this name; your wallet's if none is named. */
export async function readOwner(context: Context, named: string | undefined): Promise<Address> {
  if (named !== undefined && isAddress(named, { strict: false })) return getAddress(named);
  return (await context.wallet(named)).address;
}
