import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { isDeepStrictEqual } from "node:util";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnitionEthers from "@nomicfoundation/hardhat-ignition-ethers";
import hardhatKeystore from "@nomicfoundation/hardhat-keystore";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatTypechain from "@nomicfoundation/hardhat-typechain";
import { configVariable, defineConfig, overrideTask } from "hardhat/config";
import type { SolidityHooks } from "hardhat/types/hooks";
import type { HardhatPlugin } from "hardhat/types/plugins";
import type { CompilerOutputError } from "hardhat/types/solidity";

// The compiler comes from npm: nothing is downloaded at build time.
const solcPath = createRequire(import.meta.url).resolve("solc/soljson.js");

// scripts/bench/mutation.ts compiles hundreds of times: it wants the same behaviour soon, not the least gas. Only what keeps
// the stack small enough is done.
const mutating = process.env["MILLRACE_MUTATION"] === "1";
const hardlyOptimized = {
  ...{ enabled: true, runs: 1 },
  details: {
    ...{ peephole: true, jumpdestRemover: true, deduplicate: true },
    ...{ inliner: false, orderLiterals: false, cse: false, constantOptimizer: false },
    ...{ yul: true, yulDetails: { stackAllocation: true, optimizerSteps: "u:fDnTOc" } },
  },
};

const compiler = ({ runs, viaIR = false }: { runs: number; viaIR?: boolean }) => ({
  version: "0.8.37",
  path: solcPath,
  settings: {
    optimizer: mutating ? hardlyOptimized : { enabled: true, runs },
    viaIR: viaIR && !mutating,
    evmVersion: "cancun",
  },
});

const standard = compiler({ runs: 20_000 });
const overrides: Record<string, ReturnType<typeof compiler>> = {
  // cheaper to call with the optimizer's second pipeline, and small enough with fewer runs
  "contracts/deals/Deals.sol": compiler({ runs: 2_000, viaIR: true }),
  "contracts/deals/DealsMatching.sol": compiler({ runs: 2_000, viaIR: true }),
  "contracts/deals/DealsControl.sol": compiler({ runs: 2_000, viaIR: true }),
  // deep expressions over a state in memory, and internal libraries that are one contract
  "contracts/disputes/OneStep.sol": compiler({ runs: 2_000, viaIR: true }),
  // as the contract that it is part of
  "test/disputes/FloatingPointHarness.sol": compiler({ runs: 2_000, viaIR: true }),
  // near the size limit of a contract, and called a few times a week
  "contracts/governance/MillraceGovernor.sol": compiler({ runs: 200 }),
};

// Hardhat leaves one core out; compiling is the longest part of a first start.
const everyCore: HardhatPlugin = {
  id: "millrace-every-core",
  hookHandlers: {
    solidity: () =>
      Promise.resolve({
        default: () =>
          Promise.resolve({
            build: (context, rootFiles, options, next) =>
              next(context, rootFiles, { concurrency: availableParallelism(), ...options }),
          }),
      }),
  },
};

// The tests deploy from the artifacts. A run of single files would build only those, and test yesterday's contracts.
const freshArtifacts: HardhatPlugin = {
  id: "millrace-fresh-artifacts",
  tasks: [
    overrideTask(["test", "solidity"])
      .setAction(() =>
        Promise.resolve({
          default: async (args, hre, runSuper) => {
            const { testFiles, noCompile } = args as { testFiles: string[]; noCompile: boolean };
            if (testFiles.length > 0 && !noCompile) await hre.tasks.getTask("build").run({ noTests: true });
            return (await runSuper(args)) as unknown;
          },
        }),
      )
      .build(),
  ],
};

const decisive = (settings: object) => {
  const { optimizer, viaIR = false } = settings as { optimizer?: unknown; viaIR?: unknown };
  return { optimizer, viaIR };
};
const compileOwn: SolidityHooks["invokeSolc"] = async (context, solc, input, config, next) => {
  const sources = Object.keys(input.sources);
  const isTest = sources.some((source) => !/^(project\/contracts|npm)\//.test(source));
  if (isTest) return next(context, solc, input, config);
  const isOwn = (source: string): boolean => {
    const { settings } = overrides[source.replace("project/", "")] ?? standard;
    return (
      source.startsWith("project/") &&
      isDeepStrictEqual(decisive(settings), decisive(config.settings as object))
    );
  };
  const { "": ofFiles = [], "*": ofContracts = [] } = input.settings.outputSelection["*"] ?? {};
  const outputSelection = {
    ...Object.fromEntries(sources.filter(isOwn).map((source) => [source, { "*": ofContracts }])),
    "*": { "": ofFiles, "*": ["abi", "evm.methodIdentifiers"] },
  };
  const settings = { ...input.settings, outputSelection };
  const output = await next(context, solc, { ...input, settings }, config);
  // What the compiler says of an interface, for the rest: Hardhat's chain reads all of them.
  const none = { object: "", opcodes: "", sourceMap: "", linkReferences: {}, immutableReferences: {} };
  for (const contract of Object.values(output.contracts ?? {}).flatMap((contracts) =>
    Object.values(contracts),
  ))
    contract.evm = { methodIdentifiers: {}, bytecode: none, deployedBytecode: none, ...contract.evm };
  return output;
};

// Hardhat asks for the bytecode of all that a file imports, in case the file creates a contract with `new`: half of the
// work. Ours create none, and need of what they import the source alone. Tests do, and stay as they are.
const ownBytecode: HardhatPlugin = {
  id: "millrace-own-bytecode",
  hookHandlers: {
    solidity: () => Promise.resolve({ default: () => Promise.resolve({ invokeSolc: compileOwn }) }),
  },
};

// What the compiler says of OpenZeppelin's own files, by its code and where; anywhere else it is told.
const expected: Record<string, RegExp> = {
  // Transient storage must be cleared for calls that are composed in one transaction: ReentrancyGuardTransient, the one
  // user of TransientSlot here, does that.
  2394: /\/utils\/TransientSlot\.sol$/,
  // `at` will be a keyword some day.
  6335: /\/utils\/structs\/\w+\.sol$/,
};
type CompilerMessage = CompilerOutputError & { sourceLocation?: { file: string } };
const isExpected = ({ errorCode = "", sourceLocation }: CompilerMessage): boolean => {
  const file = sourceLocation?.file ?? "";
  return file.startsWith("npm/@openzeppelin/contracts@") && expected[errorCode]?.test(file) === true;
};
const expectedWarnings: HardhatPlugin = {
  id: "millrace-expected-warnings",
  hookHandlers: {
    solidity: () =>
      Promise.resolve({
        default: () =>
          Promise.resolve({
            invokeSolc: async (context, solc, input, config, next) => {
              const output = await next(context, solc, input, config);
              const errors = output.errors?.filter((error) => !isExpected(error));
              return { ...output, ...(errors === undefined ? {} : { errors }) };
            },
          }),
      }),
  },
};

// `npm run test:long` does the same with more of everything.
const effort = process.env["MILLRACE_LONG"] === "1" ? 10 : 1;
// scripts/test.ts draws the seed and prints it.
const fuzzSeed = `0x${BigInt(process.env["MILLRACE_SEED"] ?? 1)
  .toString(16)
  .padStart(64, "0")}`;

export default defineConfig({
  plugins: [
    hardhatEthers,
    hardhatEthersChaiMatchers,
    hardhatIgnitionEthers,
    hardhatKeystore,
    hardhatMocha,
    hardhatNetworkHelpers,
    hardhatTypechain,
    everyCore,
    freshArtifacts,
    ownBytecode,
    expectedWarnings,
  ],
  solidity: {
    compilers: [standard],
    overrides,
  },
  networks: {
    // `hardhat node --network devnet`: a chain that makes a block every second, whatever there is to put in it.
    devnet: {
      type: "edr-simulated",
      chainType: "l1",
      chainId: 31_337,
      mining: { auto: false, interval: 1_000 },
      // While a network is set up its transactions are mined at once (scripts/devnet): several blocks a second.
      allowBlocksWithSameTimestamp: true,
    },
    // Any other chain. scripts/deploy.ts puts in the URL; the key comes from Hardhat's keystore or the environment.
    remote: {
      type: "http",
      chainType: "l1",
      url: configVariable("MILLRACE_RPC_URL"),
      accounts: [configVariable("MILLRACE_DEPLOYER_KEY")],
    },
  },
  paths: { tests: { mocha: "./test/integration" } },
  test: {
    mocha: { timeout: 120_000 },
    solidity: {
      fsPermissions: { readFile: ["machine/test/witness/corpus.json"] },
      isolate: true, // every top-level call is a transaction of its own: gas figures include its base cost
      // Some mutants never end: what they use ends with their gas, before the machine's memory does.
      ...(mutating ? { gasLimit: 20_000_000_000n } : {}),
      fuzz: { runs: mutating ? 32 : 256 * effort, seed: fuzzSeed },
      invariant: { runs: mutating ? 4 : 16 * effort, depth: 100, failOnRevert: true },
    },
  },
});
