import { createRequire } from "node:module";
import { parseAbi, type Address, type Hex, type LocalAccount } from "viem";
import type { testClient } from "../../../scripts/devnet/chain.ts";

const source = `
pragma solidity ^0.8.20;
contract PlainToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    uint8 public constant decimals = 6;
    constructor(uint256 supply) { balanceOf[msg.sender] = supply; }
    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }
    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}`;

interface Solc {
  compile: (input: string) => string;
}
interface Compiled {
  contracts: { token: { PlainToken: { evm: { bytecode: { object: string } } } } };
}

/** Deploys a token that knows transfers and approvals and nothing else; `account` holds the supply. */
export async function deployPlainToken(
  client: ReturnType<typeof testClient>,
  account: LocalAccount,
  supply: bigint,
): Promise<Address> {
  const solc = createRequire(import.meta.url)("solc") as Solc;
  const settings = { outputSelection: { "*": { "*": ["evm.bytecode.object"] } } };
  const input = { language: "Solidity", sources: { token: { content: source } }, settings };
  const { contracts } = JSON.parse(solc.compile(JSON.stringify(input))) as Compiled;
  const bytecode: Hex = `0x${contracts.token.PlainToken.evm.bytecode.object}`;
  const abi = parseAbi(["constructor(uint256)"]);
  const hash = await client.deployContract({ abi, bytecode, args: [supply], account });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  if (contractAddress == null) throw new Error("The token was not deployed.");
  return contractAddress;
}
