import { fileURLToPath } from "node:url";
import type { Sandbox } from "@millrace/sandbox";
import { expect } from "chai";
import fc from "fast-check";
import { runCases } from "../../cli/src/function/cases.ts";
import "../../machine/test/seed.ts";
import { makeRequest, openExample, readExample } from "./open-example.ts";
import {
  crop,
  decodeJpeg,
  encodeJpeg,
  encodePng,
  psnr,
  reference,
  upright,
  withOrientation,
  type Pixels,
} from "./pictures.ts";
import { expectRebuilt } from "./rebuild.ts";

/** What a JPEG of quality 100 must keep of a small picture; a wrong pixel grid, turn or gamma stays far below. */
const FAITHFUL_DB = 45;

describe("thumbnail", function () {
  this.timeout(120_000);
  const file = readExample("thumbnail", "test/rocket.jpg");
  const photograph = decodeJpeg(file);
  let thumbnail: Sandbox;
  before(async () => (thumbnail = await openExample("thumbnail")));
  after(() => thumbnail.close());

  const send = (body: Uint8Array, query: string) =>
    thumbnail.call({ ...makeRequest("", query), headers: { "content-length": String(body.length) }, body });

  async function answer(body: Uint8Array, query: string): Promise<Pixels> {
    const result = await send(body, query);
    expect(result.outcome, result.stderr).to.equal("ok");
    return decodeJpeg(result.output);
  }

  /** Parts of the photograph that no run before had; at least 200 pixels wide and high. */
  function anyParts(count: number): Pixels[] {
    const { width, height } = photograph;
    const area = fc.record({ x: fc.nat(width - 200), y: fc.nat(height - 200) }).chain(({ x, y }) =>
      fc.record({
        ...{ x: fc.constant(x), y: fc.constant(y) },
        width: fc.integer({ min: 200, max: width - x }),
        height: fc.integer({ min: 200, max: height - y }),
      }),
    );
    return fc.sample(area, count).map((each) => crop(photograph, each));
  }

  it("its own cases pass", async () => {
    const results = await runCases(fileURLToPath(new URL("../thumbnail", import.meta.url)), {
      sandbox: thumbnail,
    });
    expect(results?.flatMap(({ problems }) => problems)).to.deep.equal([]);
  });

  it("shrinks a real photograph to any size as the definition of the mean says", async () => {
    const widths = [1, 16, 320, 639, ...fc.sample(fc.integer({ min: 20, max: 600 }), 4)];
    for (const width of widths) {
      const small = await answer(file, `width=${width}&quality=100`);
      expect(small.width).to.equal(width);
      expect(small.height).to.equal(Math.max(1, Math.round((427 * width) / 640)));
      expect(psnr(small, reference(photograph, small)), `width ${width}`).to.be.above(FAITHFUL_DB);
    }
  });

  it("fits into the box, keeps the shape, never enlarges; lower quality is smaller and still alike", async () => {
    const sizeFor = async (query: string) => {
      const { width, height } = await answer(file, query);
      return [width, height];
    };
    expect(await sizeFor("")).to.deep.equal([256, 171]);
    expect(await sizeFor("width=300&height=100")).to.deep.equal([150, 100]);
    expect(await sizeFor("height=50")).to.deep.equal([75, 50]);
    expect(await sizeFor("width=4000&height=4000")).to.deep.equal([640, 427]);
    const [low, usual, high] = await Promise.all(
      ["&quality=20", "", "&quality=95"].map((quality) => send(file, `width=400${quality}`)),
    );
    expect(low?.output.length).to.be.below(usual?.output.length ?? 0);
    expect(usual?.output.length).to.be.below(high?.output.length ?? 0);
    const small = decodeJpeg(usual?.output ?? new Uint8Array());
    expect(psnr(small, reference(photograph, small))).to.be.above(30);
  });

  it("takes new JPEG and PNG pictures; what is transparent becomes white", async () => {
    for (const part of anyParts(3)) {
      const jpeg = encodeJpeg(part, 90);
      const fromJpeg = await answer(jpeg, "width=100&height=100&quality=100");
      expect(psnr(fromJpeg, reference(decodeJpeg(jpeg), fromJpeg)), "JPEG").to.be.above(FAITHFUL_DB);
      const glass = { ...part, data: part.data.map((value, at) => (at % 4 === 3 ? (at >> 2) % 256 : value)) };
      const fromPng = await answer(encodePng(glass), "width=100&height=100&quality=100");
      expect(psnr(fromPng, reference(glass, fromPng)), "PNG").to.be.above(FAITHFUL_DB);
    }
  });

  it("turns and mirrors pictures as the camera says it held them", async () => {
    const jpeg = encodeJpeg(anyParts(1)[0] ?? photograph, 95);
    const stored = decodeJpeg(jpeg);
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const sent = withOrientation(jpeg, orientation, orientation % 2 === 0);
      const small = await answer(sent, "width=90&height=120&quality=100");
      const expected = reference(upright(stored, orientation), small);
      expect(psnr(small, expected), `orientation ${orientation}`).to.be.above(FAITHFUL_DB);
    }
  });

  it("what is no picture, is cut off or too large, or a wrong number fails with a reason", async () => {
    const huge = encodePng({ width: 1, height: 1, data: new Uint8Array(4) });
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 10_000);
    new DataView(huge.buffer, huge.byteOffset).setUint32(20, 10_000);
    const cases: [Uint8Array, string, string][] = [
      [new Uint8Array(), "", "The body is empty"],
      [new TextEncoder().encode("GIF89a"), "", "no JPEG or PNG picture"],
      [encodePng(photograph).subarray(0, 5_000), "", "The picture is damaged"],
      [huge, "", "40 million are the most"],
      [file, "width=0", "width is a whole number from 1 to 4096"],
      [file, "height=1e3", "height is a whole number"],
      [file, "quality=101", "quality is a whole number from 1 to 100"],
    ];
    for (const [body, query, reason] of cases) {
      const result = await send(body, query);
      expect(result).to.include({ outcome: "exit", exitCode: 1 });
      expect(result.stderr).to.contain(reason);
      expect(result.output).to.have.length(0);
    }
  });

  it("any bytes at all end in an answer or a reason, never in a trap", async () => {
    for (const [at, value] of fc.sample(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), 20)) {
      const broken = Uint8Array.from(file);
      broken[at] = value;
      expect((await send(broken, "width=64")).outcome).to.be.oneOf(["ok", "exit"]);
    }
  });

  it("the committed module is what its source builds to", function () {
    expectRebuilt(this, "thumbnail", "cpp");
  });
});
