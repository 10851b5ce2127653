import type { Deployment } from "@millrace/sdk";

/** A deployment for tests that bring their own chain. */
export const testDeployment: Deployment = {
  network: "test",
  chainId: 31_337,
  deploymentBlock: 1,
  genesis: 1_000_000,
  epochDuration: 10,
  contracts: {
    mill: "0x0000000000000000000000000000000000000001",
    parameters: "0x0000000000000000000000000000000000000002",
    registry: "0x0000000000000000000000000000000000000003",
    staking: "0x0000000000000000000000000000000000000004",
    deals: "0x0000000000000000000000000000000000000005",
    timelock: "0x0000000000000000000000000000000000000006",
    modules: "0x0000000000000000000000000000000000000008",
  },
  paymentTokens: [],
};
