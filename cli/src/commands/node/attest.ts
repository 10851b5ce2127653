import { attest, formatAttributeValue } from "@millrace/sdk";
import { argument, defineCommand, optionOr } from "../../command.ts";
import { readNow } from "../../dao/report.ts";
import { setting } from "../../deal/constraints.ts";
import { UsageError } from "../../errors.ts";
import { formatTime } from "../../format.ts";
import { declared, readKnownNode } from "../../node/attributes.ts";
import { integer, smallId } from "../../parse.ts";

const secondsPerDay = 86_400;

export const nodeAttest = defineCommand({
  name: "node attest",
  summary: "Attest what a node is, for deals that name you as attester",
  details:
    "Anyone may. It counts for deals that name this wallet with --attested-by, when they take a node, until it expires, " +
    "is taken back, or the node's owner changes the node. It replaces what the wallet attested of the attribute before.",
  needs: "wallet",
  args: {
    node: argument("node", "the node's id", smallId),
    attribute: argument("attribute", "what it is, for example memoryGiB=64 or gpus=2", setting),
  },
  options: {
    days: optionOr("--days <n>", "how long it holds", integer(1, 36_500), 365),
  },
  examples: ["millrace node attest 2 gpus=2", "millrace node attest 2 country=DE --days 30"],
  handler: async (context, { args: { node, attribute: said }, options }) => {
    const { attribute, value } = said;
    if (value === 0n)
      throw new UsageError(
        `An attribute of 0 is a missing one. To take an attestation back: millrace node revoke ${node} ${attribute}`,
      );
    const chain = await context.signer();
    const [found, now] = await Promise.all([readKnownNode(chain, node), readNow(chain)]);
    const own = declared(found).get(attribute) ?? 0n;
    const expiresAt = BigInt(Math.floor(now) + options.days * secondsPerDay);
    context.interruption.next = `Whether it was attested shows: millrace node attestations ${node}`;
    const { revision } = found;
    const { receipt } = await attest(chain, { node, attribute, value, expiresAt, revision });
    const attester = chain.account?.address;
    const word = own === 0n ? "nothing" : formatAttributeValue(attribute, own);
    return {
      data: {
        ...{ node, attribute, value, declared: own, attester, expiresAt, revision },
        transactionHash: receipt.transactionHash,
      },
      text: [
        `Attested: node ${node} has ${attribute} ${formatAttributeValue(attribute, value)}, until ${formatTime(Number(expiresAt))}.`,
        ...(own === value ? [] : [`Its owner says ${word}.`]),
        `Deals ask for it with --require "${attribute}>=${value}" --attested-by ${attester}`,
      ].join("\n"),
    };
  },
});
