import {
  addNode,
  formatToken,
  parseAmount,
  read,
  registryAbi,
  sendCoin,
  type Chain,
  type PaymentToken,
} from "@millrace/sdk";
import type { Address } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { reading } from "../../chain/reading.ts";
import { defineCommand, option, optionOr, required, type CommandResult } from "../../command.ts";
import type { Context } from "../../context.ts";
import { parsePrice } from "../../deal/terms.ts";
import { choosePaymentToken, formatEther, plural } from "../../format.ts";
import { shortPath } from "../../function/build.ts";
import { configOption, openOperator, readNode, recordNodeId, type NodeSettings } from "../../node/config.ts";
import {
  describeAttributes,
  describeMachine,
  machineOptions,
  type MachineClaim,
} from "../../node/machine.ts";
import { readOffer } from "../../node/offers.ts";
import { formatFields } from "../../output.ts";
import { amount, text } from "../../parse.ts";
import type { Step } from "../../progress.ts";
import { requireProvider } from "../../provider/state.ts";

/** What the steps share. */
interface Addition {
  readonly node: NodeSettings;
  readonly provider: number;
  readonly operator: PrivateKeyAccount;
  readonly claim: MachineClaim;
  readonly token: PaymentToken;
  readonly ask: bigint;
  readonly gasMoney: bigint;
  /** Set by the first step. */
  nodeId?: number;
  gasSent?: bigint;
}

export const nodeAdd = defineCommand({
  name: "node add",
  summary: "Register a prepared node: its units, its machine and its first offer",
  details:
    "The operator key signs that it belongs to your provider, and gets gas money to attend each epoch. Run again " +
    "after an interruption: what is done already is left as it is.",
  needs: "wallet",
  args: {},
  options: {
    config: configOption,
    ask: required("--ask <price>", "price per unit and epoch, in token units", amount),
    token: option("--token <symbol|address>", "payment token", text, "the network's first"),
    gasMoney: optionOr("--gas-money <amount>", "what the operator key shall hold, in ETH", amount, "0.1"),
    ...machineOptions,
  },
  examples: [
    "millrace node add --ask 0.001",
    "millrace node add --config ./node1 --ask 0.001 --region europe --units 8",
  ],
  handler: async (context, { options }) => {
    const node = await readNode(
      options.config === undefined ? undefined : context.path(options.config),
      context.cwd,
    );
    const privateKey = await openOperator(node, context.env);
    const chain = await context.signer();
    const token = choosePaymentToken(chain.deployment, options.token);
    const addition: Addition = {
      node,
      provider: await requireProvider(chain, (await context.wallet()).address),
      operator: privateKeyToAccount(privateKey),
      claim: describeMachine(options),
      token,
      ask: parsePrice(options.ask, token),
      gasMoney: parseAmount(options.gasMoney, 18),
    };
    context.interruption.next = `Run the same command again; it goes on where it was: millrace node add --config ${node.file}`;
    await context.progress([registerStep(chain, addition), gasStep(chain, addition), recordStep(addition)]);
    return describe(context, chain, addition);
  },
});

/** What is registered now, which after an interruption may be what an earlier run said. */
async function describe(context: Context, chain: Chain, addition: Addition): Promise<CommandResult> {
  const { nodeId, provider, operator, token, gasSent = 0n } = addition;
  if (nodeId === undefined) throw new Error("The node has no id.");
  const address = chain.deployment.contracts.registry;
  const [{ units, attributes }, { askPerUnitEpoch }] = await Promise.all([
    read(chain, { address, abi: registryAbi, functionName: "getNode", args: [nodeId] }),
    readOffer(chain, nodeId, token.address),
  ]);
  return {
    data: {
      ...{
        node: nodeId,
        provider,
        operator: operator.address,
        units,
        attributes,
        token,
        askPerUnitEpoch,
        gasSent,
      },
    },
    text: formatFields(
      [
        ["node", String(nodeId)],
        ["machine", `${describeAttributes(attributes)}: ${plural(units, "unit")}`],
        ["asks", `${formatToken(askPerUnitEpoch, token)} per unit and epoch`],
        ["operator", operator.address],
        ["next", `millrace node start --config ${shortPath(addition.node.file, context.cwd)}`],
      ],
      context.paint,
    ),
  };
}

function registerStep(chain: Chain, addition: Addition): Step {
  return {
    title: "Register the node",
    run: async () => {
      const { node, provider, operator, claim, token, ask } = addition;
      const known = await findNodeOf(chain, operator.address);
      if (known !== undefined) {
        addition.nodeId = known;
        return `It is registered already, as node ${known}`;
      }
      const { node: nodeId } = await addNode(chain, {
        provider,
        operator,
        ...claim,
        endpoint: node.publicUrl,
        offer: { token: token.address, askPerUnitEpoch: ask },
      });
      addition.nodeId = nodeId;
      return `Registered node ${nodeId} at ${node.publicUrl}`;
    },
  };
}

function gasStep(chain: Chain, addition: Addition): Step {
  return {
    title: "Give the operator gas money",
    run: async () => {
      const { operator, gasMoney } = addition;
      const held = await reading(chain, () => chain.publicClient.getBalance({ address: operator.address }));
      if (held >= gasMoney) return `The operator holds ${formatEther(held)} for gas already`;
      addition.gasSent = gasMoney - held;
      await sendCoin(chain, { to: operator.address, amount: addition.gasSent });
      return `Sent ${formatEther(addition.gasSent)} to the operator for gas`;
    },
  };
}

function recordStep(addition: Addition): Step {
  return {
    title: "Write the node's id into its settings",
    run: async () => {
      const { node, nodeId } = addition;
      if (nodeId === undefined) throw new Error("The node has no id.");
      await recordNodeId(node.file, nodeId);
      return `Wrote node ${nodeId} to ${node.file}`;
    },
  };
}

async function findNodeOf(chain: Chain, operator: Address): Promise<number | undefined> {
  const address = chain.deployment.contracts.registry;
  const args = [operator] as const;
  const { node } = await read(chain, { address, abi: registryAbi, functionName: "getOperatorKey", args });
  return node === 0 ? undefined : node;
}
