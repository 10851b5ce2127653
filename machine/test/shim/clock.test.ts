import { expect } from "chai";
import { ERRNO, makeInput } from "./inputs.ts";
import { openShim } from "./open-shim.ts";

const PAGE = 2 ** 16;
const SUBSCRIPTION_BYTES = 48;
const EVENTS = 4096;
type Shim = ReturnType<typeof openShim>;
interface Subscription {
  type: number;
  id?: number;
  timeoutNs?: bigint;
  isAbsolute?: boolean;
}

function poll(shim: Shim, subscriptions: Subscription[]): { errno: number; events: object[] } {
  const view = shim.view();
  subscriptions.forEach(({ type, id = 0, timeoutNs = 0n, isAbsolute = false }, index) => {
    const at = index * SUBSCRIPTION_BYTES;
    view.setBigUint64(at, BigInt(index + 100), true);
    view.setUint8(at + 8, type);
    view.setUint32(at + 16, id, true);
    view.setBigUint64(at + 24, timeoutNs, true);
    view.setUint16(at + 40, isAbsolute ? 1 : 0, true);
  });
  shim.bytes().fill(0xee, EVENTS);
  const errno = shim.wasi("poll_oneoff", 0, EVENTS, subscriptions.length, 8192);
  const count = errno === 0 ? view.getUint32(8192, true) : 0;
  const events = Array.from({ length: count }, (_unused, index) => {
    const at = EVENTS + 32 * index;
    expect(shim.view().getBigUint64(at + 24, true)).to.equal(0n);
    return {
      user: Number(view.getBigUint64(at, true)),
      errno: view.getUint16(at + 8, true),
      type: view.getUint8(at + 10),
      size: Number(view.getBigUint64(at + 16, true)),
    };
  });
  return { errno, events };
}

function time(shim: Shim, id = 0): bigint {
  expect(shim.wasi("clock_time_get", id, 0n, 32_000)).to.equal(0);
  return shim.view().getBigUint64(32_000, true);
}

describe("clocks", () => {
  const start = 1_790_000_000_123_000_000n;
  const open = () =>
    openShim({ input: makeInput({ acceptedAtMs: 1_790_000_000_123, stdin: Uint8Array.of(1, 2, 3) }) });

  it("start at the time of acceptance, and a unit of fuel is a nanosecond", () => {
    const shim = open();
    shim.fuel.left = 500_000n;
    expect([time(shim), time(shim, 1), time(shim, 2), time(shim, 3)]).to.deep.equal([start, start, 0n, 0n]);
    shim.fuel.left -= 1234n;
    expect([time(shim), time(shim, 1), time(shim, 2), time(shim, 3)]).to.deep.equal([
      start + 1234n,
      start + 1234n,
      1234n,
      1234n,
    ]);
  });

  it("never go back when fuel is given back", () => {
    const shim = open();
    time(shim);
    shim.fuel.left += 5n;
    expect([time(shim), time(shim, 2)]).to.deep.equal([start, 0n]);
    shim.fuel.left -= 105n;
    expect([time(shim), time(shim, 2)]).to.deep.equal([start + 100n, 100n]);
    shim.fuel.left += 30n;
    expect([time(shim), time(shim, 2)]).to.deep.equal([start + 100n, 100n]);
  });

  it("another limit of the fuel shows the same time", () => {
    const [first, second] = [open(), open()];
    second.fuel.left += 1_000_000_000n;
    for (const shim of [first, second]) {
      time(shim);
      shim.fuel.left -= 77n;
    }
    expect(time(first)).to.equal(time(second));
  });

  it("there are four, with a resolution", () => {
    const shim = open();
    for (const id of [0, 1, 2, 3]) {
      expect(shim.wasi("clock_res_get", id, 0)).to.equal(0);
      expect(shim.view().getBigUint64(0, true)).to.equal(1_000_000n);
    }
    for (const name of ["clock_res_get", "clock_time_get"]) {
      const rest = name === "clock_res_get" ? [] : [0n];
      for (const id of [4, -1]) expect(shim.wasi(name, id, ...rest, 0)).to.equal(ERRNO.inval);
      for (const address of [-1, PAGE - 7])
        expect(shim.wasi(name, 0, ...rest, address)).to.equal(ERRNO.fault);
    }
  });

  describe("poll_oneoff", () => {
    it("when only clocks are asked for, the first one fires and moves the clocks on", () => {
      const shim = open();
      const clocks = [{ timeoutNs: 500n }, { timeoutNs: 300n }, { timeoutNs: 300n, id: 9 }];
      expect(
        poll(
          shim,
          clocks.map((clock) => ({ type: 0, ...clock })),
        ),
      ).to.deep.equal({
        errno: 0,
        events: [101, 102].map((user) => ({ user, errno: 0, type: 0, size: 0 })),
      });
      expect([time(shim), time(shim, 1), time(shim, 2)]).to.deep.equal([start + 300n, start + 300n, 0n]);
    });

    it("an absolute time is waited for; one that is past takes no time", () => {
      const shim = open();
      expect(poll(shim, [{ type: 0, isAbsolute: true, timeoutNs: start + 40n }]).events).to.have.length(1);
      expect(time(shim)).to.equal(start + 40n);
      expect(poll(shim, [{ type: 0, isAbsolute: true, timeoutNs: 40n, id: 1 }]).events).to.have.length(1);
      expect(time(shim)).to.equal(start + 40n);
      expect(poll(shim, [{ type: 0, isAbsolute: true, id: 2, timeoutNs: 5n }]).events).to.have.length(1);
      expect(time(shim)).to.equal(start + 45n);
      expect(poll(shim, [{ type: 0, isAbsolute: true, id: 4 }]).errno).to.equal(ERRNO.inval);
    });

    it("streams are ready at once, or have an error each", () => {
      const shim = open();
      const asked = [
        ...[
          { type: 0, timeoutNs: 9n },
          { type: 1, id: 0 },
          { type: 2, id: 1 },
          { type: 2, id: 0 },
        ],
        ...[
          { type: 1, id: 1 },
          { type: 2, id: 2 },
          { type: 1, id: 7 },
        ],
      ];
      expect(poll(shim, asked)).to.deep.equal({
        errno: 0,
        events: [
          { user: 101, errno: 0, type: 1, size: 3 },
          { user: 102, errno: 0, type: 2, size: 1 },
          { user: 103, errno: ERRNO.badf, type: 2, size: 0 },
          { user: 104, errno: ERRNO.badf, type: 1, size: 0 },
          { user: 105, errno: 0, type: 2, size: 1 },
          { user: 106, errno: ERRNO.badf, type: 1, size: 0 },
        ],
      });
      expect(time(shim)).to.equal(start);
    });

    it("wrong subscriptions and addresses are errors, and no time passes", () => {
      const shim = open();
      const { fault, inval } = ERRNO;
      expect(poll(shim, [{ type: 3 }]).errno).to.equal(inval);
      expect([0, 1025, -1].map((count) => shim.wasi("poll_oneoff", 0, 0, count, 0))).to.deep.equal([
        inval,
        inval,
        inval,
      ]);
      shim.bytes().fill(0);
      shim.view().setBigUint64(24, 50n, true);
      const wrong = [
        [PAGE - 47, 0, 1, 0],
        [-1, 0, 1, 0],
        [0, PAGE - 31, 1, 0],
        [0, -1, 1, 0],
        [0, 0, 1, PAGE - 3],
      ];
      expect(wrong.map((parameters) => shim.wasi("poll_oneoff", ...parameters))).to.deep.equal([
        fault,
        fault,
        fault,
        fault,
        fault,
      ]);
      expect(time(shim)).to.equal(start);
    });
  });
});
