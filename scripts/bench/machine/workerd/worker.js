/* global Response */
// Runs `/<program>`, or the empty one, with the body as its standard input, in a new instance, and answers with what it wrote.
import { runPlain } from "plain.js";
import empty from "empty.wasm";
import json from "json.wasm";
import matrix from "matrix.wasm";
import regex from "regex.wasm";
import sha256 from "sha256.wasm";
import sort from "sort.wasm";

const programs = { empty, json, matrix, regex, sha256, sort };

export default {
  async fetch(request) {
    const module = programs[new URL(request.url).pathname.slice(1)] ?? empty;
    return new Response(runPlain({ module, stdin: new Uint8Array(await request.arrayBuffer()) }));
  },
};
