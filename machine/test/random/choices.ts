/** Choices that a list of bytes makes, so that fast-check can shrink what was chosen. */
export interface Choices {
  /** A number below `limit`, at most 65,536; 0 when the bytes are used up. */
  below: (limit: number) => number;
  pick: <T>(list: readonly T[]) => T;
  /** One chance in `of`; never when the bytes are used up. */
  chance: (of: number) => boolean;
  isUsedUp: () => boolean;
}

/** Choices from the bytes, in order. */
export function choose(bytes: Uint8Array): Choices {
  let at = 0;
  const next = (): number => bytes[at++] ?? 0;
  const below = (limit: number): number => (limit <= 256 ? next() : next() * 256 + next()) % limit;
  return {
    below,
    pick<T>(list: readonly T[]): T {
      const chosen = list[below(list.length)];
      if (chosen === undefined) throw new Error("there is nothing to choose from");
      return chosen;
    },
    chance: (of) => below(of) === of - 1,
    isUsedUp: () => at >= bytes.length,
  };
}
