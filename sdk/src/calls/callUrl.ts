/**
 * The URL of a call at a node, and what follows `/call` in it as it is sent (the target that callers sign).
 *
 * @param endpoint a node's base URL without a slash at its end
 * @param path path and query behind `/call`, with or without the first slash; it is escaped as URLs are
 */
export function callUrl(endpoint: string, deal: bigint, path: string): { url: string; target: string } {
  const base = `${endpoint}/v1/deals/${deal.toString()}/call`;
  const slash = path === "" || path.startsWith("/") || path.startsWith("?") ? "" : "/";
  const url = new URL(base + slash + path);
  url.hash = "";
  const sent = url.pathname + url.search;
  return { url: url.href, target: sent.slice(new URL(base).pathname.length) };
}
