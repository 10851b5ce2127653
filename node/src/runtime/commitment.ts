import { MillraceError } from "@millrace/sdk";
import { type Hex, zeroHash } from "viem";

/**
 * Compares a deal's function commitment with what preparing its module gave on this node. Rule: what a node does not
 * reproduce it does not serve, since its answers could not be proved against it (docs/machine.md, "Commitment").
 *
 * @param wanted the deal's; zero: its owner says nothing of it, and anything is served
 * @returns MillraceError `commitment-differs`; undefined where the module may be served
 */
export function explainDifference({ wanted, found }: { wanted: Hex; found: Hex }): MillraceError | undefined {
  if (wanted === zeroHash || wanted.toLowerCase() === found.toLowerCase()) return undefined;
  return new MillraceError({
    code: "commitment-differs",
    shortMessage:
      `The deal's function commitment is ${wanted}, but preparing its module on this node gives ${found}: ` +
      "it was made from another module or by another version of Millrace.",
    nextStep:
      "The deal's owner can set the module again, with its commitment: millrace deal update <deal> <cid>",
  });
}
