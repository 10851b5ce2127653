/**
 * A text for strangers: of each URL only its origin stays, since the operator's RPC URL often has a key in its path or query.
 */
export function withoutSecrets(text: string): string {
  return text.replace(/https?:\/\/[^\s"'<>]+/gi, (url) =>
    URL.canParse(url) ? new URL(url).origin : "a URL",
  );
}
