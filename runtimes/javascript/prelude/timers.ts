import { natives } from "./natives.ts";

interface Timer {
  dueMs: number;
  /** Undefined for one that runs once. */
  everyMs: number | undefined;
  run: () => void;
}

const timers = new Map<number, Timer>();
const state = { lastId: 0 };

function add(run: unknown, delayMs: unknown, isRepeated: boolean, args: unknown[]): number {
  if (typeof run !== "function") throw new TypeError("A timer's first argument is a function.");
  const ms = Math.max(0, Math.min(Number(delayMs) || 0, 2 ** 31 - 1));
  state.lastId += 1;
  timers.set(state.lastId, {
    dueMs: natives.elapsedMs() + ms,
    everyMs: isRepeated ? Math.max(1, ms) : undefined,
    run: () => void (run as (...args: unknown[]) => unknown)(...args),
  });
  return state.lastId;
}

export function setTimeout(run: unknown, delayMs?: unknown, ...args: unknown[]): number {
  return add(run, delayMs, false, args);
}

export function setInterval(run: unknown, everyMs?: unknown, ...args: unknown[]): number {
  return add(run, everyMs, true, args);
}

export function clearTimer(id?: unknown): void {
  timers.delete(id as number);
}

/** Moves the clock to the next timer and runs it. @returns false without one */
export function runTimer(): boolean {
  let next: [number, Timer] | undefined;
  for (const entry of timers) if (next === undefined || entry[1].dueMs < next[1].dueMs) next = entry;
  if (next === undefined) return false;
  const [id, timer] = next;
  natives.sleepMs(timer.dueMs - natives.elapsedMs());
  if (timer.everyMs === undefined) timers.delete(id);
  else timer.dueMs = natives.elapsedMs() + timer.everyMs;
  timer.run();
  return true;
}
