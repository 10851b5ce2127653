/** What a check before the start found, in words for the provider. */
export interface Finding {
  /** what was looked at, for example "gas-money" */
  check: string;
  level: "ok" | "warning" | "error";
  /** one sentence: what is so, or what is wrong */
  text: string;
  /** what to do about it */
  nextStep: string | undefined;
}

/** A finding of a check that found nothing wrong. */
export function fine(check: string, text: string): Finding {
  return { check, level: "ok", text, nextStep: undefined };
}

/** A finding as one line. */
export function toLine({ level, text, nextStep }: Finding): string {
  const mark = { ok: "✓", warning: "!", error: "✗" }[level];
  return `${mark} ${text}${nextStep === undefined ? "" : ` ${nextStep}`}`;
}
