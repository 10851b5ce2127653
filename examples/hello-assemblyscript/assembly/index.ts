import { exit, log, readBody, variable, write } from "./wasi";

// This file runs once per call, from top to bottom. What it writes is the answer.
const name = readBody().trim();
if (name.length > 100) {
  log("The name has " + name.length.toString() + " characters; 100 is the most.");
  exit(1);
}
write(variable("GREETING") + ", " + (name.length > 0 ? name : "world") + "!\n");
write(
  "You sent " +
    variable("REQUEST_METHOD") +
    " " +
    variable("PATH_INFO") +
    "?" +
    variable("QUERY_STRING") +
    "\n",
);
