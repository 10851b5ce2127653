const shortest = 4;
const mostKnown = 1_000;
const mask = "***";

/** Keeps the values of a deal's secrets out of its log. */
export interface Redactor {
  /** Learns values; those of before stay known, since a call that began earlier may still print them. */
  learn: (values: Iterable<string>) => void;
  /** The text with every known value of four characters or more replaced by `***`. */
  redact: (text: string) => string;
}

/** Makes a redactor that knows nothing yet. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let longestFirst: string[] = [];
  return {
    learn: (values) => {
      for (const part of [...values].flatMap(partsOf)) {
        known.delete(part);
        known.add(part);
      }
      for (const oldest of known) {
        if (known.size <= mostKnown) break;
        known.delete(oldest);
      }
      longestFirst = [...known].sort((a, b) => b.length - a.length);
    },
    redact: (text) => longestFirst.reduce((left, value) => left.replaceAll(value, mask), text),
  };
}

/** A log has lines, so a value of several lines is looked for line by line too. */
function partsOf(value: string): string[] {
  const lines = value.includes("\n") ? value.split("\n").map((line) => line.trim()) : [];
  return [value, ...lines].filter((part) => part.length >= shortest);
}
