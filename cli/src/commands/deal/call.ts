import { createCaller, decodePermission, readTerms } from "@millrace/sdk";
import { argument, defineCommand, flag, option, optionOr } from "../../command.ts";
import { explainCall } from "../../deal/explainCall.ts";
import { formatCount } from "../../format.ts";
import { bodyData, readRequest, requestOptions, withLineEnd } from "../../function/request.ts";
import { paintFor } from "../../output.ts";
import { dealId, integer, text } from "../../parse.ts";

export const dealCall = defineCommand({
  name: "deal call",
  summary: "Call the function of a deal",
  details:
    "The answer goes to stdout as it is. Any worker answers; if one cannot be reached the next is tried. It works " +
    "while the backend is down. Ends with exit code 1 if the function fails, or answers with a status of 500 or more. The wallet is opened for a private deal only.",
  needs: "wallet",
  args: { deal: argument("deal", "the deal's id", dealId) },
  options: {
    ...requestOptions,
    permission: option("--permission <text>", "permission for a private deal, as its owner gave it", text),
    timeout: optionOr("--timeout <seconds>", "how long to wait for the answer", integer(1, 600), 70),
    verbose: flag(
      "-v, --verbose",
      "say on stderr who answered, the request's id, how long it took and the fuel it used",
    ),
  },
  examples: [
    'millrace deal call 1 --body "Ada"',
    "millrace deal call 1 --file photo.jpg --path /small > small.jpg",
  ],
  handler: async (context, { args, options }) => {
    const { method, path, query, headers, body } = await readRequest(context, options);
    const { openToAll } = await readTerms(await context.chain(), args.deal);
    const chain = openToAll ? await context.chain() : await context.signer();
    const answer = await createCaller({ chain }).call(args.deal, {
      path: query === "" ? path : `${path}?${query}`,
      method,
      headers,
      ...(method === "GET" || method === "HEAD" ? {} : { body }),
      timeoutMs: options.timeout * 1000,
      fuelLimit: options.fuel,
      ...(options.permission === undefined ? {} : { permission: decodePermission(options.permission) }),
    });
    const durationMs = Math.round(answer.durationMs * 10) / 10;
    if (options.verbose && !context.json) {
      const request = answer.requestId === undefined ? "" : `, request ${answer.requestId}`;
      const fuel = answer.fuelUsed === undefined ? "" : `, ${formatCount(answer.fuelUsed)} units of fuel`;
      context.note(
        paintFor(process.stderr).dim(
          `${answer.status} from node ${answer.node} in ${durationMs} ms${fuel}${request}`,
        ),
      );
    }
    if (answer.error !== undefined)
      throw explainCall(answer.error, {
        deal: args.deal,
        caller: chain.account?.address,
        permitted: options.permission !== undefined,
      });
    return {
      data: {
        status: answer.status,
        node: answer.node,
        requestId: answer.requestId ?? null,
        durationMs,
        fuelUsed: answer.fuelUsed ?? null,
        contentType: answer.headers["content-type"] ?? null,
        headers: answer.headers,
        ...bodyData(answer.body),
      },
      text: withLineEnd(answer.body),
      exitCode: answer.status >= 500 ? 1 : 0,
    };
  },
});
