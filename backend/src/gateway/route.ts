/** A call to a deal's function. */
export interface CallRoute {
  kind: "call";
  deal: bigint;
  /** what follows `/call` in the URL of a node, byte for byte */
  target: string;
  /** the function's name as the host name has it; undefined without one */
  label: string | undefined;
  /** true if the host name is this deal's alone, so that browsers keep its pages apart from others */
  ownOrigin: boolean;
}

/** What a request asks for. */
export type Route =
  CallRoute | { kind: "health" | "metrics" | "loads" | "unknown" } | { kind: "deal-invalid"; text: string };

const pathForm = { label: undefined, ownOrigin: false };
const largestDeal = 2n ** 64n - 1n;
const longestText = 80;

/**
 * Reads what a request is for. The host name decides before the path does.
 *
 * @param host the header `Host`
 * @param url the request's target as it was sent
 * @param suffix host names below it are deals; undefined without that form
 */
export function routeOf(host: string | undefined, url: string, suffix: string | undefined): Route {
  // A client that takes us for a proxy sends the whole URL, whose host counts then (RFC 9112, 3.2.2).
  const [whole, itsHost] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? [];
  if (whole !== undefined) return routeOf(itsHost, url.slice(whole.length), suffix);
  const label = labelBelow(host, suffix);
  if (label !== undefined) {
    const [, name, id = ""] = /^(?:(.+)-)?([^-]+)$/.exec(label) ?? [];
    return callRoute(id, url, { label: name, ownOrigin: true });
  }
  // The second form is a node's own, so that whatever calls nodes calls a gateway as well.
  const form = /^\/(?:run\/([^/?]*)|v1\/deals\/([^/?]*)\/call(?=[/?]|$))(.*)$/s.exec(url);
  if (form !== null) return callRoute(form[1] ?? form[2] ?? "", form[3] ?? "", pathForm);
  const [path] = url.split("?");
  if (path === "/healthz") return { kind: "health" };
  if (path === "/loads") return { kind: "loads" };
  return { kind: path === "/metrics" ? "metrics" : "unknown" };
}

function callRoute(
  id: string,
  target: string,
  form: Pick<CallRoute, "label" | "ownOrigin">,
): CallRoute | { kind: "deal-invalid"; text: string } {
  const deal = /^[1-9]\d{0,19}$/.test(id) ? BigInt(id) : 0n;
  if (deal === 0n || deal > largestDeal) return { kind: "deal-invalid", text: id.slice(0, longestText) };
  return { kind: "call", deal, target, ...form };
}

/** What stands before the suffix, if it is one label. */
function labelBelow(host: string | undefined, suffix: string | undefined): string | undefined {
  if (host === undefined || suffix === undefined) return undefined;
  const name = host.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
  if (!name.endsWith(`.${suffix}`)) return undefined;
  const label = name.slice(0, -suffix.length - 1);
  return label.includes(".") ? undefined : label;
}

/** A function's name as a host name can have it: lower case, with hyphens for dots and underscores. */
export function hostLabel(name: string): string {
  return name.toLowerCase().replaceAll(/[._]/g, "-");
}
