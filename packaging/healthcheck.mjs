// Whether the node of /node/node.json takes calls, asked from within its container; exits with 0 or 1.
import { readFileSync } from "node:fs";
import { request as plain } from "node:http";
import { request as secure } from "node:https";

const { listen, tls } = JSON.parse(readFileSync("/node/node.json", "utf8"));
const request = tls === undefined ? plain : secure;
// The certificate is for the public name, not for this address.
const options = { host: "127.0.0.1", port: listen.port, path: "/v1/health", rejectUnauthorized: false };
request(options, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on("error", () => process.exit(1))
  .end();
