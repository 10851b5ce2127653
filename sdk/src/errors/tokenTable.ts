import type { tokenAbi } from "../abi/tokenAbi.ts";
import type { ExplanationTable } from "./explain.ts";

/** The reverts of ERC-20 tokens (ERC-6093). Amounts stay in smallest units: the revert doesn't name the token. */
export const tokenTable: ExplanationTable<typeof tokenAbi> = {
  ERC20InsufficientBalance: ([sender, balance, needed]) => ({
    message: `${sender} holds ${balance.toString()} smallest units of the token, ${needed.toString()} are needed.`,
    nextStep: `Send tokens to ${sender} first; see what it holds: millrace wallet balance`,
  }),
  ERC20InsufficientAllowance: ([spender, allowance, needed]) => ({
    message: `${spender} may take ${allowance.toString()} smallest units of the token, ${needed.toString()} are needed.`,
    nextStep: `Approve ${needed.toString()} smallest units for ${spender}, or sign a permit.`,
  }),
  ERC20InvalidSender: ([sender]) => ({ message: `The token can't be sent from ${sender}.` }),
  ERC20InvalidReceiver: ([receiver]) => ({
    message: `The token can't be sent to ${receiver}.`,
    nextStep: "Name another recipient.",
  }),
  ERC20InvalidApprover: ([approver]) => ({ message: `${approver} can't approve a spender.` }),
  ERC20InvalidSpender: ([spender]) => ({ message: `${spender} can't be approved as a spender.` }),
  ERC2612ExpiredSignature: ([deadline]) => ({
    message: `The permit expired at ${new Date(Number(deadline) * 1000).toISOString()}.`,
    nextStep: "Sign a new one.",
    retryable: true,
  }),
  ERC2612InvalidSigner: ([signer, owner]) => ({
    message: `The permit was signed by ${signer}, not by the owner ${owner}.`,
    nextStep: "Sign with the owner's key, for this chain and token.",
  }),
  SafeERC20FailedOperation: ([token]) => ({
    message: `A transfer of the token ${token} failed without a reason.`,
    nextStep: "Check the balance and the allowance: millrace wallet balance",
  }),
};
