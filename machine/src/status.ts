/** The machine's status (docs/machine.md); every one but `running` is a fixed point. */
export const status = {
  running: 0,
  exited: 1,
  unreachable: 2,
  memoryOutOfBounds: 3,
  divisionByZero: 4,
  integerOverflow: 5,
  noSuchInteger: 6,
  tableIndex: 7,
  wrongCallee: 8,
  stackExhausted: 9,
  outOfFuel: 10,
  illegal: 11,
} as const;
