import { epochAt, epochStart, type Chain } from "@millrace/sdk";
import { expect } from "chai";
import { failureOf } from "../../sdk/test/support/errors.ts";
import { deployment } from "../../sdk/test/support/values.ts";
import { waitForEpoch } from "../src/deal/change.ts";

describe("waitForEpoch", () => {
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  /** A chain of epochs of 10 s, the third of which has just begun, whose newest block is from then or from `block`. */
  const chainOf = (block?: (began: number) => number): Chain => {
    const genesis = nowSeconds() - 20;
    const getBlock = () => Promise.resolve({ timestamp: BigInt(block?.(genesis) ?? nowSeconds()) });
    return { deployment: { ...deployment, genesis }, publicClient: { getBlock } } as unknown as Chain;
  };

  it("default: waits for a block of the epoch", async () => {
    const said: string[] = [];
    let asked = 0;
    const chain = chainOf((genesis) => genesis + (asked++ === 0 ? 19 : 20));
    await waitForEpoch(chain, { epoch: 2, timeoutSeconds: 60, report: (text) => said.push(text) });
    expect(asked).to.equal(2);
    expect(said).to.have.lengthOf(1);
  });

  it("behavior: leaves an epoch that is too far off to the contract", async () => {
    const chain = chainOf();
    const epoch = epochAt(chain.deployment, BigInt(nowSeconds())) + 3;
    expect(epochStart(chain.deployment, epoch)).to.be.above(nowSeconds() + 1);
    await waitForEpoch(chain, { epoch, timeoutSeconds: 1, report: () => undefined });
  });

  it("error: chain-halted where its time has come and no block does", async () => {
    const chain = chainOf((genesis) => genesis + 5);
    const error = await failureOf(() =>
      waitForEpoch(chain, { epoch: 2, timeoutSeconds: 1, report: () => undefined }),
    );
    expect(error.code).to.equal("chain-halted");
    expect(error.nextStep).to.include("run the command again");
  });
});
