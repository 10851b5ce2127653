import { isClock, now, sleep } from "./clock";
import { BADF, FAULT, INVAL, SUCCESS } from "./errno";
import { isOutside } from "./memory";
import { readyBytes } from "./streams";

const SUBSCRIPTION_BYTES: u32 = 48;
const EVENT_BYTES: u32 = 32;
const MAX_SUBSCRIPTIONS: u32 = 1024;
const CLOCK: u32 = 0;
const READ: u32 = 1;
const WRITE: u32 = 2;
const ABSOLUTE: u32 = 1;

/** Clock times during one poll: they must not move between its subscriptions. */
let wallNs: u64 = 0;
let processorNs: u64 = 0;

/**
 * Never waits: streams are always ready, and when only clocks are asked for, the earliest one moves the program's
 * clock on and fires at once. So a sleep takes no time and still ends.
 */
export function poll_oneoff(subscriptions: u32, events: u32, count: u32, countAddress: u32): i32 {
  if (count == 0 || count > MAX_SUBSCRIPTIONS) return INVAL;
  wallNs = now(0);
  processorNs = now(2);
  let streams: u32 = 0;
  let firstNs: u64 = u64.MAX_VALUE;
  for (let index: u32 = 0; index < count; index++) {
    if (isOutside(subscriptions, u64(index + 1) * SUBSCRIPTION_BYTES)) return FAULT;
    const subscription = subscriptions + index * SUBSCRIPTION_BYTES;
    const type: u32 = load<u8>(subscription, 8);
    if (type > WRITE) return INVAL;
    if (type != CLOCK) {
      streams++;
      continue;
    }
    if (isAbsolute(subscription) && !isClock(load<u32>(subscription, 16))) return INVAL;
    firstNs = min(firstNs, wait(subscription));
  }
  const ready = streams != 0 ? streams : countUntil(subscriptions, count, firstNs);
  if (isOutside(events, u64(ready) * EVENT_BYTES) || isOutside(countAddress, 4)) return FAULT;
  if (streams == 0) sleep(firstNs);
  writeEvents(subscriptions, events, ready, count, streams != 0, firstNs);
  store<u32>(countAddress, ready);
  return SUCCESS;
}

function isAbsolute(subscription: u32): bool {
  return (load<u16>(subscription, 40) & ABSOLUTE) != 0;
}

/** How long a clock subscription still takes, in nanoseconds. */
function wait(subscription: u32): u64 {
  const timeoutNs = load<u64>(subscription, 24);
  if (!isAbsolute(subscription)) return timeoutNs;
  const nowNs = load<u32>(subscription, 16) <= 1 ? wallNs : processorNs;
  return timeoutNs > nowNs ? timeoutNs - nowNs : 0;
}

/** How many clock subscriptions fire after `firstNs`. */
function countUntil(subscriptions: u32, count: u32, firstNs: u64): u32 {
  let ready: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if (wait(subscriptions + index * SUBSCRIPTION_BYTES) <= firstNs) ready++;
  }
  return ready;
}

/** Writes the events of what is ready. Events that overwrite subscriptions still to come make no more of them. */
function writeEvents(
  subscriptions: u32,
  events: u32,
  ready: u32,
  count: u32,
  ofStreams: bool,
  firstNs: u64,
): void {
  for (let index: u32 = 0; index < count && ready != 0; index++) {
    const subscription = subscriptions + index * SUBSCRIPTION_BYTES;
    const type: u32 = load<u8>(subscription, 8);
    if ((type != CLOCK) != ofStreams) continue;
    if (type == CLOCK && wait(subscription) > firstNs) continue;
    const size: i64 = type == CLOCK ? 0 : readyBytes(load<u32>(subscription, 16), type == READ);
    store<u64>(events, load<u64>(subscription));
    store<u64>(events, (u64(type) << 16) | (size < 0 ? u64(BADF) : 0), 8);
    store<u64>(events, size < 0 ? 0 : size, 16);
    store<u64>(events, 0, 24);
    events += EVENT_BYTES;
    ready--;
  }
}
