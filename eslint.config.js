import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/",
      "**/generated/",
      "artifacts/",
      "cache/",
      "coverage/",
      "types/",
      ".millrace/",
      "examples/**/assembly/",
      "scripts/**/assembly/",
      "machine/shim/",
