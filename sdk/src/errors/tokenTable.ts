import type { tokenAbi } from "../abi/tokenAbi.ts";
import type { millAbi } from "../generated/millAbi.ts";
import { formatTime, formatToken } from "../units.ts";
import type { ExplanationTable } from "./explain.ts";

/** The reverts of ERC-20 tokens (ERC-6093). The revert does not name the token: without the caller saying so, amounts stay in smallest units. */
export const tokenTable: ExplanationTable<typeof tokenAbi> & ExplanationTable<typeof millAbi> = {
  ERC20InsufficientBalance: ([sender, balance, needed], { token }) => ({
    message: `${sender} holds ${formatToken(balance, token)}, and ${formatToken(needed, token)} are needed.`,
    nextStep: `Send tokens to ${sender} first; see what it holds: millrace wallet balance`,
  }),
  ERC20InsufficientAllowance: ([spender, allowance, needed], { token }) => ({
    message: `${spender} may take ${formatToken(allowance, token)}, and ${formatToken(needed, token)} are needed.`,
    nextStep: `Approve ${formatToken(needed, token)} for ${spender}, or sign a permit.`,
  }),
  ERC20InvalidSender: ([sender]) => ({
    message: `The token can't be sent from ${sender}.`,
    nextStep: "Name another sender.",
  }),
  ERC20InvalidReceiver: ([receiver]) => ({
    message: `The token can't be sent to ${receiver}.`,
    nextStep: "Name another recipient.",
  }),
  ERC20InvalidApprover: ([approver]) => ({
    message: `${approver} can't approve a spender.`,
    nextStep: "Approve from another account.",
  }),
  ERC20InvalidSpender: ([spender]) => ({
    message: `${spender} can't be approved as a spender.`,
    nextStep: "Name another spender.",
  }),
  ERC2612ExpiredSignature: ([deadline]) => ({
    message: `The permit expired at ${formatTime(deadline)}.`,
    nextStep: "Sign a new one.",
    retryable: true,
  }),
  ERC2612InvalidSigner: ([signer, owner]) => ({
    message: `The permit was signed by ${signer}, not by the owner ${owner}.`,
    nextStep: "Sign with the owner's key, for this chain and token.",
  }),
  VotesExpiredSignature: ([expiry]) => ({
    message: `The signed delegation expired at ${formatTime(expiry)}.`,
    nextStep: "Sign a new one, or send it yourself: millrace dao delegate",
    retryable: true,
  }),
  MillTreasuryDelegates: ([delegatee]) => ({
    message: `The treasury's MILL votes for nobody, and so not for ${delegatee}.`,
    nextStep: "Propose to pay it out instead: millrace dao propose",
  }),
  SafeERC20FailedOperation: ([token]) => ({
    message: `A transfer of the token ${token} failed without a reason.`,
    nextStep: "Check the balance and the allowance: millrace wallet balance",
  }),
};
