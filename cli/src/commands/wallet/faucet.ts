import {
  connect,
  formatToken,
  millAbi,
  millUnits,
  parseAmount,
  send,
  sendCoin,
  testStablecoinAbi,
  type Chain,
} from "@millrace/sdk";
import { getAddress, isAddress, type Address } from "viem";
import { readBalances } from "../../chain/balances.ts";
import { defineCommand, optionalArgument, optionOr } from "../../command.ts";
import type { Context } from "../../context.ts";
import { failure } from "../../errors.ts";
import { choosePaymentToken, ether, formatEther, formatMill } from "../../format.ts";
import { formatFields } from "../../output.ts";
import { amount, text } from "../../parse.ts";
import { listWallets, openWallet } from "../../wallet/store.ts";

export const walletFaucet = defineCommand({
  name: "wallet faucet",
  summary: "On a devnet: give a wallet test money, MILL and gas money",
  details:
    "The test stablecoin is minted; MILL and the chain's coin come from the devnet's richest account. Where the network " +
    "is no devnet the command refuses: money is not for free there.",
  needs: "network",
  args: { wallet: optionalArgument("wallet", "a wallet's name or an address", text, "your wallet") },
  options: {
    token: optionOr("--token <amount>", "how much of the payment token", amount, "1000"),
    mill: optionOr("--mill <amount>", "how much MILL", amount, "1000"),
    gas: optionOr("--gas <amount>", "how much of the chain's coin", amount, "1"),
  },
  examples: [
    "millrace wallet faucet",
    "millrace wallet faucet mine --mill 5000",
    "millrace wallet faucet 0x…",
  ],
  handler: async (context, { args, options }) => {
    const to = await readRecipient(context, args.wallet);
    const chain = await richChain(context, to);
    const token = choosePaymentToken(chain.deployment, undefined);
    const wanted = {
      token: parseAmount(options.token, token.decimals),
      mill: parseAmount(options.mill, millUnits.decimals),
      gas: parseAmount(options.gas, ether.decimals),
    };
    context.interruption.next = "What arrived shows: millrace wallet balance";
    if (wanted.gas > 0n) await sendCoin(chain, { to, amount: wanted.gas });
    if (wanted.token > 0n) await mint(chain, { token: token.address, to, amount: wanted.token });
    if (wanted.mill > 0n)
      await send(chain, {
        address: chain.deployment.contracts.mill,
        abi: millAbi,
        functionName: "transfer",
        args: [to, wanted.mill],
        token: millUnits,
      });
    const held = await readBalances(chain, to);
    const holds = held.tokens.find((each) => each.token.address === token.address)?.amount ?? 0n;
    return {
      data: {
        address: to,
        given: { [ether.symbol]: wanted.gas, [millUnits.symbol]: wanted.mill, [token.symbol]: wanted.token },
        balances: [
          { ...ether, amount: held.ether },
          { ...millUnits, amount: held.mill },
          { ...token, amount: holds },
        ],
      },
      text: formatFields(
        [
          ["address", to],
          ["holds", `${formatEther(held.ether)}\n${formatMill(held.mill)}\n${formatToken(holds, token)}`],
          ["next", "millrace function init hello"],
        ],
        context.paint,
      ),
    };
  },
});

async function readRecipient(context: Context, named: string | undefined): Promise<Address> {
  if (named !== undefined && isAddress(named, { strict: false })) return getAddress(named);
  return (await context.wallet(named)).address;
}

/**
 * A connection that signs for the devnet account with the most MILL besides the one that gets some.
 * @throws MillraceError `faucet-refused` where the network made no accounts of its own
 */
async function richChain(context: Context, to: Address): Promise<Chain> {
  const network = await context.network();
  const reader = await context.chain();
  const { wallets } = await listWallets(context.env, network);
  const accounts = wallets.filter(({ source, address }) => source === "network" && address !== to);
  const held = await Promise.all(
    accounts.map(async (wallet) => ({ wallet, mill: (await readBalances(reader, wallet.address)).mill })),
  );
  const [richest] = held.sort((a, b) => (a.mill < b.mill ? 1 : a.mill > b.mill ? -1 : 0));
  if (richest === undefined)
    throw failure(
      "faucet-refused",
      `${reader.deployment.network} is no devnet: nobody gives money away there.`,
      {
        details: "A faucet needs the accounts that a devnet makes; this network's file names none.",
        nextStep: "Send tokens to the wallet's address: millrace wallet list",
      },
    );
  const privateKey = await openWallet(richest.wallet, undefined, context.env);
  return connect({ rpcUrl: network.rpcUrl, deployment: reader.deployment, privateKey });
}

/** @throws MillraceError `faucet-refused` where the payment token is real money */
async function mint(
  chain: Chain,
  { token, to, amount: value }: { token: Address; to: Address; amount: bigint },
): Promise<void> {
  try {
    await send(chain, { address: token, abi: testStablecoinAbi, functionName: "mint", args: [to, value] });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "rpc-unreachable") throw cause;
    throw failure("faucet-refused", `The payment token ${token} is not the test stablecoin.`, {
      details: cause instanceof Error ? cause.message : undefined,
      nextStep: "Give MILL and gas money only: millrace wallet faucet --token 0",
      cause,
    });
  }
}
