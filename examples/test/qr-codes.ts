import { createRequire } from "node:module";

const PIXELS_PER_MODULE = 3;
const decode = createRequire(import.meta.url)("jsqr") as (
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
) => { binaryData: number[]; version: number } | null;

/** The dark modules of an SVG answer, border included. */
export function readSvg(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  const rows = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
    rows[Number(y)]?.fill(true, Number(x), Number(x) + Number(width));
  }
  return rows;
}

/** The dark modules of a text answer; its last half line is not part of the code. */
export function readText(text: string): boolean[][] {
  const lines = text.trimEnd().split("\n");
  const rows = lines.flatMap((line) => [
    Array.from(line, (block) => block === "▄" || block === " "),
    Array.from(line, (block) => block === "▀" || block === " "),
  ]);
  return rows.slice(0, -1);
}

/** Reads a code with another program than the one that made it. @throws Error if there is none to be read */
export function scan(rows: boolean[][]): { text: string; version: number } {
  const width = rows.length * PIXELS_PER_MODULE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let y = 0; y < width; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isDark = rows[Math.floor(y / PIXELS_PER_MODULE)]?.[Math.floor(x / PIXELS_PER_MODULE)];
      if (isDark === true) pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  const code = decode(pixels, width, width);
  if (code === null) throw new Error("The decoder finds no code.");
  return { text: new TextDecoder().decode(Uint8Array.from(code.binaryData)), version: code.version };
}
