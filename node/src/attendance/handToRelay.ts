import { type Chain, MillraceError, requireAccount, signAttendance } from "@millrace/sdk";

const patienceMs = 5_000;

/**
 * Hands this node's word that it is there to another node of its provider, which brings it to the chain.
 *
 * @param relayUrl base URL of that node
 * @throws MillraceError `attendance-relay-failed`
 */
export async function handToRelay(
  chain: Chain,
  { relayUrl, nodeId, epoch }: { relayUrl: string; nodeId: number; epoch: number },
): Promise<void> {
  const { deployment } = chain;
  const signed = await signAttendance({ deployment, operator: requireAccount(chain), node: nodeId, epoch });
  let reason: string;
  try {
    const response = await fetch(`${relayUrl.replace(/\/+$/, "")}/v1/attendances`, {
      method: "POST",
      body: JSON.stringify({ ...signed, epoch }),
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.ok) return;
    reason = (await response.text()).slice(0, 300);
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new MillraceError({
    code: "attendance-relay-failed",
    shortMessage: `${relayUrl} did not take the attendance: ${reason}`,
    nextStep: "The node attends by itself if that lasts; see attendanceRelay in its node.json.",
    retryable: true,
  });
}
