import { expect } from "chai";
import { ERRNO, makeInput } from "./inputs.ts";
import { Halt, openShim } from "./open-shim.ts";

const PAGE = 2 ** 16;
const STDERR_BYTES = 2 ** 16;
type Shim = ReturnType<typeof openShim>;

/** Lays a list of `[address, length]` at `address`. */
function putVectors(shim: Shim, address: number, ...vectors: [number, number][]): void {
  vectors.forEach(([start, length], index) => {
    shim.view().setUint32(address + 8 * index, start, true);
    shim.view().setUint32(address + 8 * index + 4, length, true);
  });
}

/** Halts of what is called. */
function haltOf(call: () => unknown): Halt {
  try {
    call();
  } catch (error) {
    if (error instanceof Halt) return error;
    throw error;
  }
  throw new Error("It did not halt.");
}

describe("streams", () => {
  const stdin = Uint8Array.from({ length: 200 }, (_unused, index) => index + 1);

  it("fd_read: fills a list in order, then less, then nothing", () => {
    const shim = openShim({ input: makeInput({ args: ["a"], stdin }) });
    putVectors(shim, 0, [1000, 3], [2000, 0], [3000, 97]);
    const read = () => [shim.wasi("fd_read", 0, 0, 3, 500), shim.view().getUint32(500, true)];
    expect(read()).to.deep.equal([0, 100]);
    expect(shim.bytes().slice(1000, 1004)).to.deep.equal(Uint8Array.of(1, 2, 3, 0));
    expect(shim.bytes().slice(3000, 3097)).to.deep.equal(stdin.slice(3, 100));
    putVectors(shim, 0, [1000, 60], [2000, 60], [3000, 60]);
    expect(read()).to.deep.equal([0, 100]);
    expect(shim.bytes().slice(2000, 2041)).to.deep.equal(Uint8Array.of(...stdin.slice(160), 0));
    expect(read()).to.deep.equal([0, 0]);
  });

  it("fd_read: a list that the read itself overwrites ends with a fault, not outside of the memory", () => {
    const shim = openShim({ input: makeInput({ stdin: new Uint8Array(64).fill(0xff) }) });
    putVectors(shim, 0, [8, 8], [100, 8]);
    expect(shim.wasi("fd_read", 0, 0, 2, 500)).to.equal(ERRNO.fault);
  });

  it("fd_write: all lengths around the turns of the copy's loops, one after the other", () => {
    const shim = openShim({ input: makeInput() });
    shim.bytes().set(Uint8Array.from({ length: 4096 }, (_unused, index) => index * 7));
    const written: number[] = [];
    for (let length = 0; length < 100; length += 1) {
      putVectors(shim, 8192, [length, length], [2 * length, 1]);
      expect(shim.wasi("fd_write", 1, 8192, 2, 9000)).to.equal(0);
      expect(shim.view().getUint32(9000, true)).to.equal(length + 1);
      written.push(...shim.bytes().slice(length, 2 * length + 1));
    }
    expect([...shim.output(written.length + 1)]).to.deep.equal([...written, 0]);
    const { exitCode, outputBytes } = haltOf(() => shim.wasi("proc_exit", 7));
    expect({ exitCode, outputBytes }).to.deep.equal({ exitCode: 7, outputBytes: written.length });
  });

  it("fd_write: the limit itself fits, one byte more ends the program without output", () => {
    const shim = openShim({ input: makeInput({ outputBytes: 10 }) });
    putVectors(shim, 0, [100, 10]);
    expect(shim.wasi("fd_write", 1, 0, 1, 8)).to.equal(0);
    putVectors(shim, 0, [100, 1]);
    const { exitCode, outputBytes } = haltOf(() => shim.wasi("fd_write", 1, 0, 1, 8));
    expect({ exitCode, outputBytes }).to.deep.equal({ exitCode: 0xffff_ffff, outputBytes: 0 });
  });

  it("fd_write: a limit above what the space holds is that of the space", () => {
    const shim = openShim({ pages: 2, input: makeInput({ outputBytes: 2 ** 24 + 1 }) });
    putVectors(shim, 0, [PAGE, PAGE]);
    for (let round = 0; round < 256; round += 1) expect(shim.wasi("fd_write", 1, 0, 1, 8)).to.equal(0);
    expect(haltOf(() => shim.wasi("fd_write", 1, 0, 1, 8)).exitCode).to.equal(0xffff_ffff);
  });

  it("fd_write: the first 64 KiB of standard error are kept, the rest is dropped", () => {
    const shim = openShim({ pages: 2, input: makeInput({ outputBytes: 1 }) });
    shim.bytes().fill(0x78, PAGE);
    putVectors(shim, 0, [PAGE, 40_000], [PAGE, 40_000]);
    for (let round = 0; round < 2; round += 1) {
      expect(shim.wasi("fd_write", 2, 0, 2, 100)).to.equal(0);
      expect(shim.view().getUint32(100, true)).to.equal(80_000);
      expect(shim.stderr()).to.deep.equal(new Uint8Array(STDERR_BYTES).fill(0x78));
    }
  });

  it("proc_exit: the code that means too much output is not the program's to give", () => {
    const exit = (code: number) =>
      haltOf(() => openShim({ input: makeInput() }).wasi("proc_exit", code)).exitCode;
    expect([0, 3, 255, -2, -1].map(exit)).to.deep.equal([0, 3, 255, 0xffff_fffe, 255]);
  });

  it("each stream goes one way, and not at all once it is closed", () => {
    const shim = openShim({ input: makeInput({ stdin }) });
    putVectors(shim, 0, [100, 1]);
    const attempts = [0, 1, 2, 3, -1].map((fd) => [
      shim.wasi("fd_read", fd, 0, 1, 8),
      shim.wasi("fd_write", fd, 0, 1, 8),
    ]);
    const { badf } = ERRNO;
    expect(attempts).to.deep.equal([
      [0, badf],
      [badf, 0],
      [badf, 0],
      [badf, badf],
      [badf, badf],
    ]);
    expect([0, 1, 2, 3, 33, -1].map((fd) => shim.wasi("fd_close", fd))).to.deep.equal([
      0,
      0,
      0,
      badf,
      badf,
      badf,
    ]);
    expect([0, 1, 2].map((fd) => shim.wasi("fd_close", fd))).to.deep.equal([badf, badf, badf]);
    expect([shim.wasi("fd_read", 0, 0, 1, 8), shim.wasi("fd_write", 1, 0, 1, 8)]).to.deep.equal([badf, badf]);
  });

  it("wrong addresses and lists are errors, and nothing is read or written", () => {
    const shim = openShim({ input: makeInput({ stdin }) });
    putVectors(shim, 0, [100, 1], [PAGE - 1, 2]);
    for (const [name, fd] of [
      ["fd_read", 0],
      ["fd_write", 1],
      ["fd_write", 2],
    ] as const) {
      const errors = [
        [0, 2, 8],
        [PAGE - 8, 2, 8],
        [-8, 2, 8],
        [0, 1, PAGE - 3],
        [0, 1, -1],
        [0, 1025, 8],
        [0, -1, 8],
      ];
      const { fault, inval } = ERRNO;
      expect(errors.map((parameters) => shim.wasi(name, fd, ...parameters))).to.deep.equal([
        ...[fault, fault, fault, fault, fault, inval, inval],
      ]);
    }
    expect(
      shim
        .bytes()
        .slice(16, PAGE)
        .every((byte) => byte === 0),
    ).to.equal(true);
    expect(shim.stderr()).to.have.length(0);
    expect(haltOf(() => shim.wasi("proc_exit", 0)).outputBytes).to.equal(0);
  });

  it("they look like pipes", () => {
    const shim = openShim({ input: makeInput() });
    shim.bytes().fill(0xff);
    expect([0, 1, 3].map((fd) => shim.wasi("fd_fdstat_get", fd, 100 * fd))).to.deep.equal([0, 0, ERRNO.badf]);
    expect([0, 8, 16, 24].map((at) => shim.view().getBigUint64(at, true))).to.deep.equal([
      0n,
      0x8000002n,
      0n,
      2n ** 64n - 1n,
    ]);
    expect(shim.view().getBigUint64(108, true)).to.equal(0x8000040n);
    expect(shim.wasi("fd_filestat_get", 2, 1000)).to.equal(0);
    expect([...shim.bytes().slice(1000, 1065)]).to.deep.equal([
      ...Array.from({ length: 64 }, (_unused, at) => (at === 24 ? 1 : 0)),
      255,
    ]);
    for (const name of ["fd_fdstat_get", "fd_filestat_get"])
      expect(shim.wasi(name, 1, PAGE - 23)).to.equal(ERRNO.fault);
  });

  it("everything else has its error number", () => {
    const shim = openShim({ input: makeInput() });
    const { success, badf, nosys, spipe } = ERRNO;
    const ofStreams: [string, number, (number | bigint)[]][] = [
      ["fd_seek", spipe, [0n, 0, 0]],
      ["fd_tell", spipe, [0]],
      ["fd_pread", spipe, [0, 0, 0n, 0]],
      ["fd_pwrite", spipe, [0, 0, 0n, 0]],
      ["fd_advise", spipe, [0n, 0n, 0]],
      ["fd_fdstat_set_flags", success, [0]],
      ["fd_allocate", nosys, [0n, 0n]],
      ["fd_datasync", nosys, []],
      ["fd_sync", nosys, []],
      ["fd_fdstat_set_rights", nosys, [0n, 0n]],
      ["fd_filestat_set_size", nosys, [0n]],
      ["fd_renumber", nosys, [1]],
      ["fd_filestat_set_times", nosys, [0n, 0n, 0]],
      ["fd_readdir", nosys, [0, 0, 0n, 0]],
      ["fd_prestat_get", badf, [0]],
      ["fd_prestat_dir_name", badf, [0, 0]],
    ];
    for (const [name, errno, parameters] of ofStreams) {
      expect(shim.wasi(name, 1, ...parameters), name).to.equal(errno);
      expect(shim.wasi(name, 3, ...parameters), name).to.equal(badf);
    }
    const others: [string, number, (number | bigint)[]][] = [
      ["path_open", badf, [3, 0, 0, 0, 0, 0n, 0n, 0, 0]],
      ["path_filestat_set_times", badf, [3, 0, 0, 0, 0n, 0n, 0]],
      ["sock_recv", badf, [0, 0, 0, 0, 0, 0]],
      ["proc_raise", nosys, [9]],
      ["sched_yield", success, []],
    ];
    for (const [name, errno, parameters] of others)
      expect(shim.wasi(name, ...parameters), name).to.equal(errno);
  });
});
