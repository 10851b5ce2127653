import { createRequire } from "node:module";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnitionEthers from "@nomicfoundation/hardhat-ignition-ethers";
import hardhatKeystore from "@nomicfoundation/hardhat-keystore";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatTypechain from "@nomicfoundation/hardhat-typechain";
import { defineConfig } from "hardhat/config";

// The compiler comes from npm: nothing is downloaded at build time.
const solcPath = createRequire(import.meta.url).resolve("solc/soljson.js");

// `npm run test:long` does the same with more of everything.
const effort = process.env["MILLRACE_LONG"] === "1" ? 10 : 1;

export default defineConfig({
  plugins: [
    hardhatEthers,
    hardhatEthersChaiMatchers,
    hardhatIgnitionEthers,
    hardhatKeystore,
    hardhatMocha,
    hardhatNetworkHelpers,
    hardhatTypechain,
  ],
  solidity: {
    version: "0.8.37",
    path: solcPath,
    settings: {
      optimizer: { enabled: true, runs: 20_000 },
      evmVersion: "cancun",
    },
  },
  test: {
    solidity: {
      isolate: true, // every top-level call is a transaction of its own: gas figures include its base cost
      fuzz: { runs: 256 * effort },
      invariant: { runs: 16 * effort, depth: 100, failOnRevert: true },
    },
  },
});
