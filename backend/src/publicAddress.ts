import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** A base URL to call: plain http(s), without query, fragment or credentials; undefined if it isn't one. */
export function parseEndpoint(endpoint: string): URL | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  const isPlain = url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  return /^https?:$/.test(url.protocol) && isPlain ? url : undefined;
}

/** True for a URL that names an address which the public internet does not lead to. Names are for {@link lookupPublic}. */
export function hasPrivateAddress({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && isPrivate(host);
}

const privateAddresses = new BlockList();
const privateRanges = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"],
  // The last three of these hold IPv4 addresses, which a router on the way may take out.
  ...["::/127", "fc00::/7", "fe80::/10", "ff00::/8", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"],
];
for (const range of privateRanges) {
  const [network = "", prefix] = range.split("/");
  privateAddresses.addSubnet(network, Number(prefix), isIP(network) === 6 ? "ipv6" : "ipv4");
}

/** True for an address that the public internet does not lead to. */
export function isPrivate(address: string): boolean {
  return privateAddresses.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** The code of the error for a name that leads to private addresses only. */
export const noPublicAddress = "ENOTPUBLIC";

/** A name's public addresses only: an endpoint that a stranger names must not lead into this machine's own network. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const found = error === null ? addresses.filter(({ address }) => !isPrivate(address)) : [];
    const [first] = found;
    if (first === undefined) {
      const refusal = Object.assign(new Error(`${hostname} has no public address`), {
        code: noPublicAddress,
      });
      callback(error ?? refusal, "", 0);
    } else if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  });
};
