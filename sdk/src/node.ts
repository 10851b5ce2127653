/** What needs Node.js: files. Everything else is in the main entry and runs in a browser too. */
export { readDeployment } from "./chain/readDeployment.ts";
export { readKeystore, writeKeystore, type WriteKeystoreOptions } from "./keystore.ts";
