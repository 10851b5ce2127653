import {
  parameterNames,
  parseAmount,
  parseParameter,
  payCoinAction,
  payTokenAction,
  setGuardianAction,
  setParameterAction,
  vetoSlashAction,
  type Deployment,
  type ProposalAction,
} from "@millrace/sdk";
import { InvalidArgumentError } from "commander";
import { isHex, size, zeroAddress, type Address } from "viem";
import { choosePaymentToken, ether } from "../format.ts";
import { address } from "../parse.ts";

/** An action as it was typed: it is complete once the network is known. */
export type TypedAction = (deployment: Deployment) => ProposalAction;

/** The number of a proposal. */
export function proposalId(value: string): bigint {
  if (!/^[1-9]\d{0,18}$/.test(value))
    throw new InvalidArgumentError("A proposal's number is a whole number from 1.");
  return BigInt(value);
}

/** The number of a slash. */
export function slashId(value: string): bigint {
  if (!/^[1-9]\d{0,18}$/.test(value))
    throw new InvalidArgumentError("A slash's number is a whole number from 1.");
  return BigInt(value);
}

/** A slash to veto. */
export function veto(value: string): TypedAction {
  const slash = slashId(value);
  return (deployment) => vetoSlashAction(deployment, slash);
}

/** "14d", "6h", "90s", "2min" or plain seconds, as seconds. */
export function duration(value: string): number {
  const match = /^(\d{1,9})(s|min|h|d)?$/.exec(value);
  if (match?.[1] === undefined)
    throw new InvalidArgumentError('Give a time such as "14d", "6h", "30min" or "90s".');
  const factor = { s: 1, min: 60, h: 3_600, d: 86_400 }[match[2] ?? "s"] ?? 1;
  return Number(match[1]) * factor;
}

/** `stakePerUnit=250`. */
export function setting(value: string): TypedAction {
  const [typed = "", figure = ""] = value.split("=");
  const name = parameterNames.find((each) => each.toLowerCase() === typed.toLowerCase());
  if (name === undefined)
    throw new InvalidArgumentError(`Write name=value; the names are ${parameterNames.join(", ")}.`);
  return (deployment) => setParameterAction(deployment, { name, value: parseParameter(name, figure) });
}

/** `100:tUSD:0x…`, `7:MILL:0x…`, `0.5:ETH:0x…`. */
export function payment(value: string): TypedAction {
  const [typed = "", symbol = "", recipient = "", ...rest] = value.split(":");
  if (rest.length > 0 || !/^\d+(\.\d+)?$/.test(typed) || symbol === "")
    throw new InvalidArgumentError("Write amount:token:address, for example 100:tUSD:0x….");
  const to = address(recipient);
  return (deployment) => {
    const name = symbol.toUpperCase();
    if (name === ether.symbol) return payCoinAction({ to, amount: parseAmount(typed, ether.decimals) });
    if (name === "MILL")
      return payTokenAction({ token: deployment.contracts.mill, to, amount: parseAmount(typed, 18) });
    const token = choosePaymentToken(deployment, symbol);
    return payTokenAction({ token: token.address, to, amount: parseAmount(typed, token.decimals) });
  };
}

/** An address, or "none". */
export function guardian(value: string): TypedAction {
  const account: Address = value === "none" ? zeroAddress : address(value);
  return (deployment) => setGuardianAction(deployment, account);
}

/** `0x<target>:0x<data>` or `0x<target>:0x<data>:<ETH>`. */
export function rawCall(value: string): TypedAction {
  const [target = "", data = "", coin = "0", ...rest] = value.split(":");
  if (rest.length > 0 || !isHex(data) || data.length % 2 !== 0 || size(data) > 100_000)
    throw new InvalidArgumentError("Write address:data or address:data:ETH, both in hexadecimal.");
  const call = { target: address(target), value: parseAmount(coin, ether.decimals), data };
  return () => call;
}
