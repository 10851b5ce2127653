import type { GuestClock } from "./clock.ts";
import { ERRNO, WasiError } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const MAX_SUBSCRIPTIONS = 1024;
const CLOCK = 0;
const READ = 1;
const WRITE = 2;
const ABSOLUTE = 1;

interface PollParameters {
  memory: GuestMemory;
  clock: GuestClock;
  readyBytes: (fd: number, forReading: boolean) => number | undefined;
}

interface Subscription {
  userData: bigint;
  type: number;
  /** For a clock: how long it still takes, in nanoseconds. */
  waitNs: bigint;
  fd: number;
}

/**
 * `poll_oneoff`, which never waits: streams are always ready, and when only clocks are asked for, the
 * earliest one moves the program's clock on and fires at once. So a sleep takes no time and still ends.
 */
export function createPoll({ memory, clock, readyBytes }: PollParameters) {
  function read(address: number): Subscription {
    const type = memory.getU8(address + 8);
    if (type > WRITE) throw new WasiError(ERRNO.inval);
    const subscription = { userData: memory.getU64(address), type, waitNs: 0n, fd: 0 };
    if (type !== CLOCK) return { ...subscription, fd: memory.getU32(address + 16) };
    const timeoutNs = memory.getU64(address + 24);
    const isAbsolute = (memory.getU16(address + 40) & ABSOLUTE) !== 0;
    const waitNs = isAbsolute ? timeoutNs - clock.now(memory.getU32(address + 16)) : timeoutNs;
    return { ...subscription, waitNs: waitNs < 0n ? 0n : waitNs };
  }
  function writeEvent(address: number, { userData, type, fd }: Subscription): void {
    memory.bytes(address, EVENT_BYTES).fill(0);
    memory.setU64(address, userData);
    memory.setU8(address + 10, type);
    if (type === CLOCK) return;
    const size = readyBytes(fd, type === READ);
    memory.setU16(address + 8, size === undefined ? ERRNO.badf : ERRNO.success);
    memory.setU64(address + 16, BigInt(size ?? 0));
  }

  return (subscriptions: number, events: number, count: number, countAddress: number): number => {
    const length = count >>> 0;
    if (length === 0 || length > MAX_SUBSCRIPTIONS) return ERRNO.inval;
    const asked = Array.from({ length }, (_unused, index) =>
      read((subscriptions >>> 0) + index * SUBSCRIPTION_BYTES),
    );
    let ready = asked.filter(({ type }) => type !== CLOCK);
    if (ready.length === 0) {
      const firstNs = asked.reduce(
        (least, { waitNs }) => (waitNs < least ? waitNs : least),
        asked[0]?.waitNs ?? 0n,
      );
      clock.sleep(firstNs);
      ready = asked.filter(({ waitNs }) => waitNs <= firstNs);
    }
    ready.forEach((subscription, index) => writeEvent((events >>> 0) + index * EVENT_BYTES, subscription));
    memory.setU32(countAddress, ready.length);
    return ERRNO.success;
  };
}
