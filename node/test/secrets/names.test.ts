import { parseManifest } from "@millrace/machine";
import { checkSecret, requestVariables } from "@millrace/sdk";
import { expect } from "chai";

describe("the names that no secret may have", () => {
  it("behavior: are those that a manifest may not set either", () => {
    const refused = (work: () => unknown) => {
      try {
        work();
        return false;
      } catch {
        return true;
      }
    };
    for (const name of [...requestVariables, "HTTP_HOST"]) {
      expect(
        refused(() => checkSecret(name, "x")),
        name,
      ).to.equal(true);
      expect(
        refused(() => parseManifest({ name: "x", env: { [name]: "x" } })),
        name,
      ).to.equal(true);
    }
  });
});
