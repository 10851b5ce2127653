import {
  encodePermission,
  MillraceError,
  readDealCreation,
  requireAccount,
  signCallPermission,
} from "@millrace/sdk";
import { isAddressEqual, zeroAddress } from "viem";
import { argument, defineCommand, optionOr } from "../../command.ts";
import { formatTime } from "../../format.ts";
import { address, dealId, integer } from "../../parse.ts";

const secondsPerHour = 3_600;

export const dealPermit = defineCommand({
  name: "deal permit",
  summary: "Let another key call your private deal for a time",
  details:
    "Signs a permission and prints it; nothing is sent to the chain. The caller passes it to millrace deal call " +
    "--permission (or to the SDK) and proves itself with its own key.",
  needs: "wallet",
  args: {
    deal: argument("deal", "the deal's id", dealId),
    caller: argument("caller", "the address of the caller's key", address),
  },
  options: {
    hours: optionOr("--hours <n>", "how long it is valid", integer(1, 87_600), 24),
    perMinute: optionOr("--per-minute <n>", "most calls a minute on each node", integer(1, 1_000_000), 60),
  },
  examples: ["millrace deal permit 1 0x… --hours 48 --per-minute 10"],
  handler: async (context, { args, options }) => {
    const chain = await context.signer();
    const account = requireAccount(chain);
    const { owner, terms } = await readDealCreation(chain, args.deal);
    const issuers = [owner, ...(terms.permissionIssuer === zeroAddress ? [] : [terms.permissionIssuer])];
    if (!issuers.some((issuer) => isAddressEqual(issuer, account.address)))
      throw new MillraceError({
        code: "permission-not-issued",
        shortMessage: `${account.address} may not sign permissions for deal ${args.deal}.`,
        details: `Its nodes take those of ${issuers.join(" and ")}.`,
        nextStep: "Choose that wallet with --wallet.",
      });
    const expiresAt = Math.floor(Date.now() / 1000) + options.hours * secondsPerHour;
    const permission = await signCallPermission({
      ...{ deployment: chain.deployment, account, deal: args.deal, caller: args.caller, expiresAt },
      callsPerMinute: options.perMinute,
    });
    const text = encodePermission(permission);
    if (!context.json)
      context.note(`${args.caller} may call deal ${args.deal} until ${formatTime(expiresAt)}:`);
    return { data: { ...permission, text }, text };
  },
});
