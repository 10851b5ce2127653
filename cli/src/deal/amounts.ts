import {
  formatToken,
  parseAmount,
  quoteDeal,
  type Chain,
  type PaymentToken,
  type Terms,
} from "@millrace/sdk";
import { readBalances } from "../chain/balances.ts";
import { failure, UsageError } from "../errors.ts";
import { endOfEpoch, formatDuration, formatTime, plural } from "../format.ts";
import { formatFields, type Paint } from "../output.ts";

const defaultEpochs = 100;

/** What creating a deal would cost, as the contract says. Amounts in smallest units of the payment token. */
export interface Offerable {
  readonly terms: Terms;
  readonly token: PaymentToken;
  readonly deposit: bigint;
  readonly minimumDeposit: bigint;
  readonly maximumRatePerEpoch: bigint;
  readonly fundedEpochs: bigint;
  readonly fundedThroughEpoch: bigint;
}

/**
 * The contract's quote for terms and the deposit that the options name: --deposit, or --epochs (100) at the highest
 * rate, but never less than creation needs.
 */
export async function quoteTerms(
  chain: Chain,
  {
    terms,
    token,
    deposit,
    epochs,
  }: { terms: Terms; token: PaymentToken; deposit: string | undefined; epochs: number | undefined },
): Promise<Offerable> {
  if (deposit !== undefined && epochs !== undefined)
    throw new UsageError("Give --deposit or --epochs, not both.");
  const ofNothing = await quoteDeal(chain, { terms, deposit: 0n });
  const tips = terms.tipPerWorker * BigInt(terms.targetWorkers);
  const wanted = ofNothing.maximumRatePerEpoch * BigInt(epochs ?? defaultEpochs) + tips;
  const chosen =
    deposit === undefined
      ? wanted > ofNothing.minimumDeposit
        ? wanted
        : ofNothing.minimumDeposit
      : parseAmount(deposit, token.decimals);
  const quote = await quoteDeal(chain, { terms, deposit: chosen });
  return { terms, token, deposit: chosen, ...quote };
}

/** A quote for `--json`. */
export function quoteData(chain: Chain, quote: Offerable): object {
  const { token, deposit, minimumDeposit, maximumRatePerEpoch, fundedEpochs, fundedThroughEpoch, terms } =
    quote;
  return {
    token,
    priceLimit: terms.priceLimit,
    tipPerWorker: terms.tipPerWorker,
    priceToleranceBps: terms.priceToleranceBps,
    deposit,
    minimumDeposit,
    maximumRatePerEpoch,
    fundedEpochs,
    fundedThroughEpoch,
    fundedUntil: endOfEpoch(chain.deployment, fundedThroughEpoch) ?? null,
  };
}

/** A quote for a person. */
export function formatQuote(chain: Chain, quote: Offerable, paint: Paint): string {
  const { deployment } = chain;
  const { token, terms, deposit, fundedEpochs } = quote;
  const money = (value: bigint) => formatToken(value, token);
  const end = endOfEpoch(deployment, quote.fundedThroughEpoch);
  const lasts = formatDuration(Number(fundedEpochs) * deployment.epochDuration);
  return formatFields(
    [
      [
        "wanted",
        `${plural(terms.targetWorkers, "worker")} with ${plural(terms.unitsPerWorker, "unit")} each`,
      ],
      [
        "limit",
        `${money(terms.priceLimit)} per unit and epoch of ${formatDuration(deployment.epochDuration)}`,
      ],
      ["costs at most", `${money(quote.maximumRatePerEpoch)} an epoch; less if nodes ask less`],
      ["tip", terms.tipPerWorker === 0n ? undefined : `${money(terms.tipPerWorker)} for each worker found`],
      ["deposit", money(deposit)],
      ["at least", money(quote.minimumDeposit)],
      [
        "lasts",
        `${plural(fundedEpochs, "epoch")} (${lasts}) or more` +
          (end === undefined ? "" : `, until ${formatTime(end)} if matched now`),
      ],
    ],
    paint,
  );
}

/**
 * Checks that the deposit is enough for the contract and that the wallet holds it, before anything is sent.
 * @param how the options that say how much to deposit, if there are any
 * @throws MillraceError `deals-deposit-too-small`, or `balance-short` with what is missing
 */
export async function requireMoney(
  chain: Chain,
  { token, deposit, minimumDeposit }: Pick<Offerable, "token" | "deposit" | "minimumDeposit">,
  how?: string,
): Promise<void> {
  if (deposit < minimumDeposit)
    throw failure(
      "deals-deposit-too-small",
      `The deposit of ${formatToken(deposit, token)} is below the minimum of ${formatToken(minimumDeposit, token)} for these terms.`,
      { nextStep: "Deposit at least that much, or lower --limit, --units or --workers." },
    );
  const { account } = chain;
  if (account === undefined) return;
  const { tokens } = await readBalances(chain, account.address);
  const held = tokens.find((each) => each.token.address === token.address)?.amount ?? deposit;
  if (held >= deposit) return;
  throw failure(
    "balance-short",
    `The deposit is ${formatToken(deposit, token)}, the wallet holds ${formatToken(held, token)}.`,
    {
      details: `${account.address} lacks ${formatToken(deposit - held, token)}.`,
      nextStep: `Send it that much, or deposit less${how === undefined ? "" : ` with ${how}`}.`,
    },
  );
}
