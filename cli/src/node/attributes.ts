import {
  attributeNames,
  formatAttributeValue,
  readNodeAttributes,
  type Chain,
  type NodeAttributes,
} from "@millrace/sdk";
import { failure } from "../errors.ts";
import { formatTime } from "../format.ts";
import { formatFields, formatTable, type Paint } from "../output.ts";

/** A registered node's attributes and attestations. @throws MillraceError `registry-node-unknown` */
export async function readKnownNode(chain: Chain, node: number): Promise<NodeAttributes> {
  const found = await readNodeAttributes(chain, node);
  if (found.provider !== 0) return found;
  throw failure("registry-node-unknown", `There is no node ${node}.`, {
    nextStep: "See your nodes: millrace provider status",
  });
}

/** What the owner declares, by name: the packed attributes it gave, then the further ones. */
export function declared({ packed, further }: NodeAttributes): Map<string, bigint> {
  const given = attributeNames.map((name) => [name, BigInt(packed[name])] as const);
  return new Map([...given.filter(([, value]) => value !== 0n), ...further]);
}

/** What its owner declares of a node, for a person. */
export function formatDeclared(node: number, found: NodeAttributes, paint: Paint): string {
  const fields = [...declared(found)].map(
    ([name, value]) => [name, formatAttributeValue(name, value)] as const,
  );
  return formatFields(
    [["node", `${node} of provider ${found.provider}, revision ${found.revision}`], ...fields],
    paint,
  );
}

/** What others attest of a node, for a person. */
export function formatAttestations({ attestations }: NodeAttributes, paint: Paint): string {
  const rows = attestations.map(({ attribute, attester, value, expiresAt, holds }) => [
    attribute,
    formatAttributeValue(attribute, value),
    attester,
    describeHolding(holds, Number(expiresAt)),
  ]);
  return formatTable(["attribute", "value", "attested by", "holds"], rows, paint);
}

/** Whoever means "for ever" names a second that no date has. */
const latestDate = 8_640_000_000_000;

function describeHolding(holds: boolean, expiresAt: number): string {
  const until = expiresAt > latestDate ? "for ever" : `until ${formatTime(expiresAt)}`;
  return holds ? until : `no more (${until}, or until the node was changed)`;
}
