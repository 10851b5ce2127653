import { propose, readProposal, resumeEntryAction } from "@millrace/sdk";
import { defineCommand, flag, many, option, required } from "../../command.ts";
import { guardian, payment, rawCall, setting, veto, type TypedAction } from "../../dao/parse.ts";
import { actionsData, formatProposal, proposalData, readActions, readNow } from "../../dao/report.ts";
import { failure, UsageError } from "../../errors.ts";
import { text } from "../../parse.ts";

export const daoPropose = defineCommand({
  name: "dao propose",
  summary: "Put a change, a payment or any call to the vote",
  details:
    "Every action is tried before it is sent. Values count MILL, seconds, epochs, basis points or percent, as millrace dao params shows them.",
  needs: "wallet",
  args: {},
  options: {
    title: required("--title <words>", "one line that says what it is about", text),
    text: option("--text <words>", "why", text),
    set: many("--set <name=value>", "change a parameter", setting),
    pay: many("--pay <amount:token:address>", "pay out of the treasury", payment),
    guardian: option("--guardian <address|none>", "appoint the guardian for a year, or renew it", guardian),
    vetoSlash: many("--veto-slash <slash>", "give a slash in escrow back to its provider", veto),
    resumeEntry: flag("--resume-entry", "open the entry before the guardian's pause is over"),
    call: many("--call <address:data[:ETH]>", "any other call of the timelock", rawCall),
    force: flag("--force", "propose it even if it would fail now"),
  },
  examples: [
    'millrace dao propose --title "Ask for more stake" --set stakePerUnit=250',
    'millrace dao propose --title "Pay the audit" --pay 5000:tUSD:0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  ],
  handler: async (context, { options }) => {
    const typed: TypedAction[] = [
      ...options.set,
      ...options.pay,
      ...(options.guardian === undefined ? [] : [options.guardian]),
      ...(options.resumeEntry ? [resumeEntryAction] : []),
      ...options.vetoSlash,
      ...options.call,
    ];
    if (typed.length === 0)
      throw new UsageError(
        "Say what to do: --set, --pay, --guardian, --veto-slash, --resume-entry or --call.",
      );
    const chain = await context.signer();
    const planned = typed.map((action) => action(chain.deployment));
    const actions = await readActions(chain, planned);
    const failing = actions.find((action) => action.failure !== undefined);
    if (failing !== undefined && !options.force) {
      throw failure("proposal-would-fail", `To ${failing.sentence} would fail now.`, {
        details: failing.failure,
        nextStep: "Change it, or add --force if it will work by the time it is executed.",
      });
    }
    context.interruption.next = "Whether it was proposed shows: millrace dao list";
    const { proposal, receipt } = await propose(chain, {
      actions: planned,
      title: options.title,
      body: options.text,
    });
    const [made, now] = await Promise.all([readProposal(chain, proposal), readNow(chain)]);
    return {
      data: {
        ...proposalData(made, now),
        actions: actionsData(actions),
        transactionHash: receipt.transactionHash,
      },
      text: formatProposal(made, { actions, now, paint: context.paint }),
    };
  },
});
