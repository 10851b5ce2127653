import fc from "fast-check";
import { getAddress, stringToHex, toHex, zeroAddress, zeroHash } from "viem";
import type { Deployment, Terms } from "@millrace/sdk";

/** A deployment that isn't anywhere, for what needs no chain. */
export const deployment: Deployment = {
  network: "nowhere",
  chainId: 31_337,
  deploymentBlock: 1,
  genesis: 1_790_000_000,
  epochDuration: 10,
  contracts: {
    mill: addressOf(1),
    parameters: addressOf(2),
    registry: addressOf(3),
    staking: addressOf(4),
    deals: addressOf(5),
    timelock: addressOf(6),
    modules: addressOf(8),
    governor: addressOf(9),
    votingPower: addressOf(10),
  },
  paymentTokens: [{ symbol: "tUSD", address: addressOf(7), decimals: 6 }],
};

export function addressOf(number: number) {
  return getAddress(toHex(number, { size: 20 }));
}

export const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => getAddress(toHex(bytes)));
export const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes));
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const small = (max: number) => fc.integer({ min: 0, max });

/** A packed one, one with a name, or any other. */
const attribute = fc.oneof(
  small(5).map((number) => toHex(number, { size: 32 })),
  fc.constantFrom("gpus", "cores", "a.b_c-d").map((name) => stringToHex(name, { size: 32 })),
  bytes32,
);

/** Any terms that the ABI can carry. */
export const anyTerms: fc.Arbitrary<Terms> = fc.record({
  paymentToken: address,
  moduleDigest: bytes32,
  functionCommitment: fc.oneof(fc.constant(zeroHash), bytes32),
  unitsPerWorker: small(65_535),
  minWorkers: small(255),
  targetWorkers: small(255),
  maxWorkers: small(255),
  maxWorkersPerProvider: small(255),
  priceLimit: uint(80),
  minimumAsk: uint(80),
  priceToleranceBps: small(65_535),
  tipPerWorker: uint(80),
  endEpoch: small(2 ** 32 - 1),
  openToAll: fc.boolean(),
  permissionIssuer: fc.oneof(fc.constant(zeroAddress), address),
  constraints: fc.array(
    fc.record({
      attribute,
      operator: small(3),
      value: uint(64),
      attester: fc.oneof(fc.constant(zeroAddress), address),
    }),
    { maxLength: 8 },
  ),
  listMode: small(2),
  providers: fc.array(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { maxLength: 64 }),
});
