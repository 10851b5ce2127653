import { expect } from "chai";
import { ERRNO, makeInput } from "./inputs.ts";
import { openShim } from "./open-shim.ts";

const PAGE = 2 ** 16;
const SCRIPT = 3;
const FROM_START = 0;
const FROM_POSITION = 1;
const FROM_END = 2;
const { success, badf, fault, inval } = ERRNO;

describe("the script as file 3", () => {
  const script = Uint8Array.from({ length: 200 }, (_unused, index) => index + 1);
  const open = (given: Uint8Array | undefined = script) => {
    const shim = openShim({ input: makeInput({ stdin: Uint8Array.of(77) }), script: given });
    /** Reads into a list of one range, at 1000. */
    const read = (length: number) => {
      shim.view().setUint32(0, 1000, true);
      shim.view().setUint32(4, length, true);
      expect(shim.wasi("fd_read", SCRIPT, 0, 1, 8)).to.equal(success);
      return [...shim.bytes().slice(1000, 1000 + shim.view().getUint32(8, true))];
    };
    const seek = (offset: bigint, whence: number) => {
      const errno = shim.wasi("fd_seek", SCRIPT, offset, whence, 16);
      return errno === success ? shim.view().getBigUint64(16, true) : -BigInt(errno);
    };
    return { ...shim, read, seek };
  };

  it("fd_read: one part after the other, of all lengths, then nothing", () => {
    const { read } = open();
    const parts = [0, 1, 7, 8, 9, 31, 32, 33, 65].map(read);
    expect(parts.flat()).to.deep.equal([...script.slice(0, 186)]);
    expect(read(100)).to.deep.equal([...script.slice(186)]);
    expect(read(100)).to.deep.equal([]);
  });

  it("fd_read: fills a list in order, and leaves standard input where it is", () => {
    const shim = open();
    for (const [index, value] of [1000, 3, 2000, 0, 3000, 500].entries())
      shim.view().setUint32(index * 4, value, true);
    expect(shim.wasi("fd_read", SCRIPT, 0, 3, 500)).to.equal(success);
    expect(shim.view().getUint32(500, true)).to.equal(200);
    expect([...shim.bytes().slice(1000, 1004)]).to.deep.equal([1, 2, 3, 0]);
    expect([...shim.bytes().slice(3000, 3198)]).to.deep.equal([...script.slice(3), 0]);
    expect(shim.wasi("fd_read", 0, 0, 3, 500)).to.equal(success);
    expect([shim.view().getUint32(500, true), shim.bytes()[1000]]).to.deep.equal([1, 77]);
  });

  it("fd_seek, fd_tell: from the start, the place and the end; before the start is refused, behind the end reads nothing", () => {
    const shim = open();
    expect(shim.seek(10n, FROM_START)).to.equal(10n);
    expect(shim.read(2)).to.deep.equal([11, 12]);
    expect(shim.seek(-1n, FROM_POSITION)).to.equal(11n);
    expect(shim.wasi("fd_tell", SCRIPT, 24)).to.equal(success);
    expect(shim.view().getBigUint64(24, true)).to.equal(11n);
    expect(shim.seek(-2n, FROM_END)).to.equal(198n);
    expect(shim.read(9)).to.deep.equal([199, 200]);
    expect([-1n, -(2n ** 63n)].map((offset) => shim.seek(offset, FROM_START))).to.deep.equal([-28n, -28n]);
    expect(shim.seek(0n, 3)).to.equal(-BigInt(inval));
    expect(shim.read(1)).to.deep.equal([]);
    expect(shim.seek(2n ** 63n - 1n, FROM_START)).to.equal(2n ** 63n - 1n);
    expect(shim.read(1)).to.deep.equal([]);
    expect(shim.seek(1n, FROM_POSITION)).to.equal(-BigInt(inval));
    expect(shim.wasi("fd_seek", SCRIPT, 0n, 0, PAGE - 7)).to.equal(fault);
  });

  it("fd_pread: reads anywhere and does not move", () => {
    const shim = open();
    shim.view().setUint32(0, 1000, true);
    shim.view().setUint32(4, 3, true);
    expect(shim.wasi("fd_pread", SCRIPT, 0, 1, 198n, 8)).to.equal(success);
    expect(shim.view().getUint32(8, true)).to.equal(2);
    expect([...shim.bytes().slice(1000, 1003)]).to.deep.equal([199, 200, 0]);
    expect(shim.wasi("fd_pread", SCRIPT, 0, 1, 2n ** 64n - 1n, 8)).to.equal(success);
    expect(shim.view().getUint32(8, true)).to.equal(0);
    expect(shim.read(1)).to.deep.equal([1]);
    expect(shim.wasi("fd_pread", SCRIPT, 0, 1, 0n, PAGE)).to.equal(fault);
  });

  it("it is a regular file of its size, to read and to seek in", () => {
    const shim = open();
    expect(shim.wasi("fd_fdstat_get", SCRIPT, 100)).to.equal(success);
    expect([100, 108, 116].map((at) => shim.view().getBigUint64(at, true))).to.deep.equal([
      4n,
      (1n << 1n) | (1n << 2n) | (1n << 5n) | (1n << 21n) | (1n << 27n),
      0n,
    ]);
    shim.bytes().fill(0xff, 200);
    expect(shim.wasi("fd_filestat_get", SCRIPT, 200)).to.equal(success);
    const words = Array.from({ length: 8 }, (_unused, index) =>
      shim.view().getBigUint64(200 + index * 8, true),
    );
    expect(words).to.deep.equal([0n, 0n, 4n, 1n, 200n, 0n, 0n, 0n]);
    expect(shim.wasi("fd_prestat_get", SCRIPT, 0)).to.equal(badf);
  });

  it("it is never written to, and a poll finds what is left of it", () => {
    const shim = open();
    for (const name of ["fd_write", "fd_pwrite"]) {
      const parameters = name === "fd_write" ? [0, 0, 8] : [0, 0, 0n, 8];
      expect(shim.wasi(name, SCRIPT, ...parameters), name).to.equal(badf);
    }
    shim.read(150);
    shim.bytes().fill(0, 0, 200);
    shim.view().setUint8(8, 1);
    shim.view().setUint32(16, SCRIPT, true);
    expect(shim.wasi("poll_oneoff", 0, 100, 1, 96)).to.equal(success);
    expect(shim.view().getBigUint64(116, true)).to.equal(50n);
  });

  it("closed it is gone", () => {
    const shim = open();
    expect(shim.wasi("fd_close", SCRIPT)).to.equal(success);
    expect([shim.wasi("fd_close", SCRIPT), shim.wasi("fd_tell", SCRIPT, 0)]).to.deep.equal([badf, badf]);
    expect(shim.wasi("fd_read", SCRIPT, 0, 0, 8)).to.equal(badf);
  });

  it("without a script there is no such file", () => {
    const shim = openShim({ input: makeInput() });
    expect(shim.wasi("fd_read", SCRIPT, 0, 0, 8)).to.equal(badf);
    for (const [name, parameters] of [
      ["fd_seek", [0n, 0, 0]],
      ["fd_tell", [0]],
      ["fd_pread", [0, 0, 0n, 0]],
      ["fd_fdstat_get", [0]],
      ["fd_filestat_get", [0]],
      ["fd_close", []],
    ] as [string, (number | bigint)[]][])
      expect(shim.wasi(name, SCRIPT, ...parameters), name).to.equal(badf);
  });
});
