import { HttpError } from "./errors.ts";

const largestDealId = 2n ** 64n - 1n;

/** The deal that a URL names. @throws HttpError 400 `deal-id-invalid` */
export function parseDeal(params: unknown): bigint {
  const text = (params as { deal: string }).deal;
  if (/^[1-9]\d{0,19}$/.test(text) && BigInt(text) <= largestDealId) return BigInt(text);
  throw new HttpError({
    status: 400,
    code: "deal-id-invalid",
    message: "A deal id is a whole number from 1.",
    nextStep: "See your deals: millrace deal list",
  });
}
