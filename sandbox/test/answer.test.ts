import { expect } from "chai";
import { readAnswer } from "../src/answer.ts";

const contentType = "text/plain; charset=utf-8";
const read = (text: string, answer: "body" | "cgi" = "cgi") =>
  readAnswer(Buffer.from(text, "latin1"), { answer, contentType });
const parts = (text: string) => {
  const answer = read(text);
  return typeof answer === "string"
    ? answer
    : { ...answer, body: Buffer.from(answer.body).toString("latin1") };
};

describe("readAnswer", () => {
  it("default: all of standard output is the body", () => {
    const answer = read("Status: 404\n\nx", "body");
    expect(answer).to.deep.equal({
      status: 200,
      headers: [["content-type", contentType]],
      body: Buffer.from("Status: 404\n\nx"),
    });
  });

  it("behavior: status and headers, in their order and as often as they are written, then the body as it is", () => {
    const head = "Status: 404 Not Found\nContent-Type: text/html\nset-cookie: a=1\r\nSet-Cookie:b=\t2 \n\n";
    expect(parts(`${head}\n\x00\xff`)).to.deep.equal({
      status: 404,
      headers: [
        ["content-type", "text/html"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=\t2"],
      ],
      body: "\n\x00\xff",
    });
    expect(parts("status: 599\r\n\r\n")).to.deep.equal({ status: 599, headers: [], body: "" });
  });

  it("behavior: without a status it is 200, or 302 where it names another place; without a type the manifest's", () => {
    expect(parts("X-A: b\n\nbody")).to.deep.equal({
      status: 200,
      headers: [
        ["content-type", contentType],
        ["x-a", "b"],
      ],
      body: "body",
    });
    expect(parts("Location: /there\n\n")).to.deep.equal({
      ...{ status: 302, headers: [["location", "/there"]], body: "" },
    });
    expect(parts("\nbody")).to.deep.include({ status: 200, body: "body" });
  });

  it("behavior: what has no body by its status has none, and the length is the node's to count", () => {
    expect(parts("Status: 204\nContent-Length: 4\n\nbody")).to.deep.equal({
      status: 204,
      headers: [],
      body: "",
    });
  });

  it("error: what is no response says what is wrong", () => {
    const cases: [string, string][] = [
      ["", "no empty line"],
      ["hello", "no empty line"],
      ["Status: 200\n", "no empty line"],
      ["hello\n\n", 'no header: "hello"'],
      [": x\n\n", "no header"],
      ["a b: x\n\n", "no header"],
      ["a: x\x00y\n\n", "no header"],
      ["a: x\ry\n\n", "no header"],
      ["Status: 100\n\n", "no status"],
      ["Status: 600\n\n", "no status"],
      ["Status: 20\n\n", "no status"],
      ["Status: 2000\n\n", "no status"],
      ["Status: 200\nstatus: 200\n\n", "more than one status"],
      ["Transfer-Encoding: chunked\n\n", "transfer-encoding"],
      ["connection: close\n\n", "connection"],
      ["Millrace-Node: 1\n\n", "millrace-node"],
      ["a: b\n".repeat(65) + "\n", "64"],
      [`a: ${"b".repeat(8 * 1024)}\n\n`, "8 KiB"],
      ["a: b\n".repeat(5000), "8 KiB"],
    ];
    for (const [text, said] of cases) expect(parts(text), text.slice(0, 40)).to.contain(said);
  });
});
