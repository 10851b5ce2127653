import { crc32, deflateSync } from "node:zlib";
import jpeg from "jpeg-js";

/** Pixels of four bytes (red, green, blue, alpha), row by row from the top left. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Decodes a JPEG, with another decoder than the example's. */
export function decodeJpeg(file: Uint8Array): Pixels {
  const { width, height, data } = jpeg.decode(file, { useTArray: true });
  return { width, height, data };
}

/** Encodes a JPEG, with another encoder than the example's. */
export function encodeJpeg({ width, height, data }: Pixels, quality: number): Uint8Array {
  return new Uint8Array(jpeg.encode({ width, height, data }, quality).data);
}

/** Encodes a PNG of four channels; each row is filtered in the way that its number says (0 to 4, in turns). */
export function encodePng({ width, height, data }: Pixels): Uint8Array {
  const stride = width * 4;
  const rows = new Uint8Array((stride + 1) * height);
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : (data[y * stride + x] ?? 0));
  for (let y = 0; y < height; y += 1) {
    const filter = y % 5;
    rows[y * (stride + 1)] = filter;
    for (let x = 0; x < stride; x += 1) {
      const [left, up, corner] = [at(x - 4, y), at(x, y - 1), x < 4 ? 0 : at(x - 4, y - 1)];
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      rows[y * (stride + 1) + 1 + x] = at(x, y) - (guesses[filter] ?? 0);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", new Uint8Array())];
  return Buffer.concat([signature, ...parts]);
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((each) => Math.abs(guess - each)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A part of a picture. */
export function crop(from: Pixels, area: { x: number; y: number; width: number; height: number }): Pixels {
  const data = new Uint8Array(area.width * area.height * 4);
  for (let y = 0; y < area.height; y += 1) {
    const start = ((area.y + y) * from.width + area.x) * 4;
    data.set(from.data.subarray(start, start + area.width * 4), y * area.width * 4);
  }
  return { width: area.width, height: area.height, data };
}

/** Puts an Exif block with an orientation (1 to 8) behind the start of a JPEG. */
export function withOrientation(file: Uint8Array, orientation: number, isLittle: boolean): Uint8Array {
  const tiff = new DataView(new ArrayBuffer(26));
  tiff.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, isLittle);
  tiff.setUint32(4, 8, isLittle);
  tiff.setUint16(8, 1, isLittle);
  tiff.setUint16(10, 0x0112, isLittle);
  tiff.setUint16(12, 3, isLittle);
  tiff.setUint32(14, 1, isLittle);
  tiff.setUint16(18, orientation, isLittle);
  const content = Buffer.concat([Buffer.from("Exif\0\0"), new Uint8Array(tiff.buffer)]);
  const segment = Uint8Array.of(0xff, 0xe1, 0, content.length + 2);
  return Buffer.concat([file.subarray(0, 2), segment, content, file.subarray(2)]);
}

const light = (byte: number) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};
const lights = Float64Array.from({ length: 256 }, (_, byte) => light(byte));
const toByte = (amount: number) =>
  Math.round(255 * (amount <= 0.0031308 ? amount * 12.92 : 1.055 * amount ** (1 / 2.4) - 0.055));

/** The mean of the light of each new pixel's area, over white, straight from the definition. */
export function reference(from: Pixels, to: { width: number; height: number }): Pixels {
  const data = new Uint8Array(to.width * to.height * 4).fill(255);
  const [stepX, stepY] = [from.width / to.width, from.height / to.height];
  const covered = (old: number, index: number, step: number) =>
    Math.max(0, Math.min(old + 1, (index + 1) * step) - Math.max(old, index * step));
  for (let y = 0; y < to.height; y += 1)
    for (let x = 0; x < to.width; x += 1) {
      const sums = [0, 0, 0];
      for (let oldY = Math.floor(y * stepY); oldY < Math.min(from.height, (y + 1) * stepY); oldY += 1)
        for (let oldX = Math.floor(x * stepX); oldX < Math.min(from.width, (x + 1) * stepX); oldX += 1) {
          const share = covered(oldX, x, stepX) * covered(oldY, y, stepY);
          const at = (oldY * from.width + oldX) * 4;
          const alpha = (from.data[at + 3] ?? 255) / 255;
          for (let channel = 0; channel < 3; channel += 1) {
            const value = lights[from.data[at + channel] ?? 0] ?? 0;
            sums[channel] = (sums[channel] ?? 0) + share * (value * alpha + 1 - alpha);
          }
        }
      sums.forEach((sum, channel) => {
        data[(y * to.width + x) * 4 + channel] = toByte(Math.min(1, sum / (stepX * stepY)));
      });
    }
  return { ...to, data };
}

/** Undoes an Exif orientation: each entry says where the pixel that is shown at (x, y) is stored. */
export function upright(from: Pixels, orientation: number): Pixels {
  const [right, bottom] = [from.width - 1, from.height - 1];
  const stored: Record<number, (x: number, y: number) => [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y) => [right - x, y],
    3: (x, y) => [right - x, bottom - y],
    4: (x, y) => [x, bottom - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, bottom - x],
    7: (x, y) => [right - y, bottom - x],
    8: (x, y) => [right - y, x],
  };
  const isTurned = orientation >= 5;
  const [width, height] = isTurned ? [from.height, from.width] : [from.width, from.height];
  const data = new Uint8Array(from.data.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const [oldX, oldY] = stored[orientation]?.(x, y) ?? [0, 0];
      const at = (oldY * from.width + oldX) * 4;
      data.set(from.data.subarray(at, at + 4), (y * width + x) * 4);
    }
  return { width, height, data };
}

/** How alike two pictures of one size are, in decibels; alpha does not count. */
export function psnr(one: Pixels, other: Pixels): number {
  if (one.width !== other.width || one.height !== other.height)
    throw new Error(`${one.width} × ${one.height} is not ${other.width} × ${other.height}`);
  let squares = 0;
  for (let at = 0; at < one.data.length; at += 1)
    if (at % 4 !== 3) squares += ((one.data[at] ?? 0) - (other.data[at] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (squares / ((one.data.length * 3) / 4)));
}
