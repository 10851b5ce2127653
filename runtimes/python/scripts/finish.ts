import { readFileSync, writeFileSync } from "node:fs";
import { addUnwinding } from "./unwind.ts";

const [linked = "", finished = ""] = process.argv.slice(2);
writeFileSync(finished, addUnwinding(readFileSync(linked)));
