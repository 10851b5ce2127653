import { erc20Abi, parseAbi } from "viem";

/**
 * What Millrace needs of a token: ERC-20, ERC-2612 permits, ERC-5267 and the errors of ERC-6093. These are standards,
 * not contracts of this repository, so they are not generated.
 */
export const tokenAbi = [
  ...erc20Abi,
  ...parseAbi([
    "function nonces(address owner) view returns (uint256)",
    "function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
    "function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)",
    "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
    "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
    "error ERC20InvalidSender(address sender)",
    "error ERC20InvalidReceiver(address receiver)",
    "error ERC20InvalidApprover(address approver)",
    "error ERC20InvalidSpender(address spender)",
    "error ERC2612ExpiredSignature(uint256 deadline)",
    "error ERC2612InvalidSigner(address signer, address owner)",
    "error SafeERC20FailedOperation(address token)",
  ]),
] as const;

/** The devnet's stablecoin: anyone mints. */
export const testStablecoinAbi = [
  ...tokenAbi,
  ...parseAbi(["function mint(address to, uint256 amount)"]),
] as const;
