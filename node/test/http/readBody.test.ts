import type { IncomingMessage } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { createBodyBudget } from "../../src/http/bodyBudget.ts";
import { readBody } from "../../src/http/readBody.ts";

const many = 4_096;

describe("readBody", () => {
  it("behavior: a body in single bytes is not held as one object a byte, which takes a hundred times its size", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const given: WeakRef<Buffer>[] = [];
    let held = many;
    async function* iterator() {
      for (let index = 0; index < many; index += 1) yield byte(index);
      // A collection spares what this turn of the event loop looked at.
      await nextTurn();
      collectGarbage();
      held = given.filter((one) => one.deref() !== undefined).length;
    }
    function byte(index: number): Buffer {
      const chunk = Buffer.from([index % 256]);
      given.push(new WeakRef(chunk));
      return chunk;
    }
    const request = { headers: {}, iterator } as unknown as IncomingMessage;
    const { bytes } = await readBody(request, many, createBodyBudget(many));
    expect(Buffer.from(bytes)).to.deep.equal(
      Buffer.from(Array.from({ length: many }, (_, index) => index % 256)),
    );
    expect(held).to.be.below(many / 2);
  });
});
