/** @type {import("prettier").Config} */
export default {
  printWidth: 110,
  plugins: ["prettier-plugin-solidity"],
  overrides: [{ files: "*.sol", options: { printWidth: 120, tabWidth: 4 } }],
};
