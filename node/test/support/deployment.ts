import type { Deployment } from "@millrace/sdk";

const address = (digit: number): `0x${string}` => `0x${String(digit).repeat(40)}`;

/** A deployment record for tests that reach no chain. */
export const exampleDeployment: Deployment = {
  network: "nowhere",
  chainId: 31_337,
  deploymentBlock: 1,
  genesis: 1_000,
  epochDuration: 10,
  contracts: {
    mill: address(1),
    parameters: address(2),
    registry: address(3),
    staking: address(4),
    deals: address(5),
    timelock: address(6),
    modules: address(8),
    governor: address(9),
    votingPower: address(10),
  },
  paymentTokens: [{ symbol: "tUSD", address: address(7), decimals: 6 }],
};
