import { readFileSync } from "node:fs";
import { expect } from "chai";
import { openScript } from "./support/script.ts";

const declarations = readFileSync(new URL("../../../starters/ts/src/millrace.d.ts", import.meta.url), "utf8");

/** What an interface of the starter's declarations names: its methods and properties. */
function membersOf(name: string): string[] {
  const body = new RegExp(`^interface ${name} [^{]*{\\n([^]*?)^}`, "m").exec(declarations)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:<]/gm)].map(([, member]) => member ?? "");
}

describe("the types of the TypeScript starter", function () {
  this.timeout(60_000);

  it("name only what is there", () => {
    const globals = [...declarations.matchAll(/^declare (?:var|function) (\w+)/gm)].map(
      ([, name]) => name ?? "",
    );
    expect(globals).to.include.members(["Request", "URL", "crypto", "setTimeout", "atob"]);
    const classes = globals.filter((name) => /^[A-Z]/.test(name));
    const wanted = [
      ...globals,
      ...classes.flatMap((name) => membersOf(name).map((member) => `${name}.prototype.${member}`)),
      ...membersOf("Message").flatMap((member) => [
        `Request.prototype.${member}`,
        `Response.prototype.${member}`,
      ]),
    ];
    expect(wanted).to.include.members(["Headers.prototype.getSetCookie", "Response.prototype.json"]);
    const source = `
      const instances = { Request: new Request("http://h"), Response: new Response(), Headers: new Headers(), URL: new URL("http://h"),
        URLSearchParams: new URLSearchParams(), TextEncoder: new TextEncoder(), TextDecoder: new TextDecoder(), DOMException: new DOMException() };
      const isThere = (path) => {
        const [name, , member] = path.split(".");
        return member === undefined ? name in globalThis : member in instances[name];
      };
      export default async (request) => Response.json((await request.json()).filter((path) => !isThere(path)));`;
    expect(JSON.parse(openScript(source)({ body: JSON.stringify(wanted) }).text)).to.deep.equal([]);
  });
});
