type Fact = string | number | bigint;

/**
 * Compares a fact of the chain with what it should be.
 *
 * @returns nothing, or one sentence
 */
export function expectSame(what: string, actual: Fact, expected: Fact): string[] {
  return String(actual).toLowerCase() === String(expected).toLowerCase()
    ? []
    : [`The ${what} is ${actual}, not ${expected}.`];
}
