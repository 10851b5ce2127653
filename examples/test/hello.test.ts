import { fileURLToPath } from "node:url";
import type { Sandbox } from "@millrace/sandbox";
import { expect } from "chai";
import fc from "fast-check";
import { runCases } from "../../cli/src/function/cases.ts";
import "../../machine/test/seed.ts";
import { makeRequest, openExample } from "./open-example.ts";
import { expectRebuilt } from "./rebuild.ts";

const starters = [
  ["hello-assemblyscript", "as"],
  ["hello-rust", "rs"],
  ["hello-cpp", "cpp"],
] as const;

for (const [name, language] of starters)
  describe(name, function () {
    this.timeout(120_000);
    let hello: Sandbox;
    before(async () => (hello = await openExample(name)));
    after(() => hello.close());

    const answer = async (text: string, query = "") => {
      const result = await hello.call(makeRequest(text, query));
      return { ...result, text: new TextDecoder().decode(result.output) };
    };

    it("its own cases pass", async () => {
      const results = await runCases(fileURLToPath(new URL(`../${name}`, import.meta.url)), {
        sandbox: hello,
      });
      expect(results).to.have.length(3);
      expect(results?.flatMap(({ problems }) => problems)).to.deep.equal([]);
    });

    it("greets whom the body names, and shows the request", async () => {
      expect((await answer("  Ada\n", "a=1")).text).to.equal("Hello, Ada!\nYou sent POST /?a=1\n");
      expect((await answer("Zoë 🌍")).text).to.contain("Hello, Zoë 🌍!");
      expect((await answer(" \n")).text).to.contain("Hello, world!");
    });

    it("answers different callers at the same time", async () => {
      const names = fc.sample(fc.stringMatching(/^[a-z]{1,30}$/), 20);
      const answers = await Promise.all(names.map((each) => answer(each)));
      answers.forEach(({ text }, index) => expect(text).to.contain(`Hello, ${names[index] ?? ""}!`));
    });

    it("fails with a reason in its log when the name is too long", async () => {
      expect((await answer("é".repeat(100))).outcome).to.equal("ok");
      const result = await answer("é".repeat(101));
      expect(result).to.include({ outcome: "exit", exitCode: 1 });
      expect(result.stderr).to.equal("The name has 101 characters; 100 is the most.\n");
    });

    it("the committed module is what its source builds to", function () {
      expectRebuilt(this, name, language);
    });
  });
