/** The last step of build.sh before binaryen: `node finish.ts <linked module> <module with exceptions>`. */
import { readFileSync, writeFileSync } from "node:fs";
import { addUnwinding } from "./unwind.ts";

const [linked = "", finished = ""] = process.argv.slice(2);
writeFileSync(finished, addUnwinding(readFileSync(linked)));
