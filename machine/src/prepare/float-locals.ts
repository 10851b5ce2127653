import { isFloat } from "../wasm/types.ts";

/** A local that is no NaN, or the canonical one. */
const NEVER = 0;
/** A local whose NaN is a computed one, of whatever bits. */
const COMPUTED = 1;
/** A local whose NaN, if it is one, has bits that count. */
const CLEAN = 2;

/** More walks than this over one function are not made. */
const MAX_WALKS = 6;

/** What each float local holds at some place of a function. */
export type FloatStates = Uint8Array;

/**
 * Follows which float locals hold computed values, so that a NaN need not be made canonical before anything looks at it. Where paths meet on
 * which a local holds a computed value and another one, it is kept canonical everywhere. What a loop's next turn brings is known only at its
 * end: then the function is walked again.
 */
export class FloatLocals {
  /** Place of each float local among the float locals. */
  private readonly places: Int32Array;
  private readonly mixed: Set<number>;
  private readonly loops: Map<number, FloatStates>;
  private readonly size: number;
  private states: FloatStates;
  private hasLearnt = false;

  /** `earlier` is what the walk before this one left. */
  constructor(locals: readonly number[], params: number, earlier?: FloatLocals) {
    let size = 0;
    this.places = Int32Array.from(locals, (type) => (isFloat(type) ? size++ : -1));
    this.size = size;
    this.states = new Uint8Array(size);
    for (let local = 0; local < params; local++) this.write(local, CLEAN);
    this.mixed = earlier?.mixed ?? new Set();
    this.loops = earlier?.loops ?? new Map<number, FloatStates>();
  }

  /** Whether another walk is needed, the `walks`-th being over. */
  needsAnother(walks: number): boolean {
    if (this.hasLearnt && walks >= MAX_WALKS)
      for (let place = 0; place < this.size; place++) this.mixed.add(place);
    return this.hasLearnt;
  }

  private write(local: number, state: number): void {
    const place = this.places[local] ?? -1;
    if (place !== -1) this.states[place] = state;
  }

  /** Whether a read of the local gives a computed value. */
  isComputed(local: number): boolean {
    const place = this.places[local] ?? -1;
    return place !== -1 && this.states[place] === COMPUTED;
  }

  /** Whether a read of the local gives no NaN but the canonical one. */
  isNeverNan(local: number): boolean {
    const place = this.places[local] ?? -1;
    return place !== -1 && this.states[place] === NEVER;
  }

  /** Whether a computed value must be made canonical before the local gets it. */
  isKeptCanonical(local: number): boolean {
    return this.mixed.has(this.places[local] ?? -1);
  }

  /** Notes a write. */
  set(local: number, value: { isComputed: boolean; isNeverNan: boolean }): void {
    this.write(local, value.isComputed ? COMPUTED : value.isNeverNan ? NEVER : CLEAN);
  }

  /** What holds here, to be joined elsewhere; undefined where there is nothing to know. */
  here(): FloatStates | undefined {
    return this.size === 0 ? undefined : this.states.slice();
  }

  /** Control goes on here from there alone. */
  resume(there: FloatStates | undefined): void {
    if (there !== undefined) this.states = there.slice();
  }

  /** Two paths meet: what holds behind. */
  join(one: FloatStates | undefined, other: FloatStates | undefined): FloatStates | undefined {
    if (one === undefined || other === undefined) return one ?? other;
    return one.map((state, place) => {
      const second = other[place] ?? NEVER;
      if (state === NEVER || state === second) return second;
      if (second === NEVER) return state;
      if (!this.mixed.has(place)) {
        this.mixed.add(place);
        this.hasLearnt = true;
      }
      return CLEAN;
    });
  }

  /** A loop begins, known by where it stands. */
  beginLoop(at: number): void {
    this.resume(this.join(this.here(), this.loops.get(at)));
    const here = this.here();
    if (here !== undefined) this.loops.set(at, here);
  }

  /** The loop goes round from here. */
  continueLoop(at: number): void {
    const before = this.loops.get(at);
    const joined = this.join(before, this.here());
    if (
      before === undefined ||
      joined === undefined ||
      joined.every((state, place) => state === before[place])
    )
      return;
    this.loops.set(at, joined);
    this.hasLearnt = true;
  }
}
