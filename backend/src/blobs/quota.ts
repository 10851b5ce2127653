import { quotaExhausted } from "./errors.ts";

/** Bytes on disk now, among them those of uploads under way, and the most there may be. */
export interface QuotaUsage {
  readonly usedBytes: number;
  readonly quotaBytes: number;
}

/** Keeps the sum of stored and arriving bytes below the quota. */
export interface Quota {
  /** @throws {@link MillraceError} `blob-quota-exhausted` if `bytes` more would not fit now; reserves nothing. */
  assertFits: (bytes: number) => void;
  /** An upload's share: grows while it streams, ends as kept or given back. */
  reserve: () => Reservation;
  usage: () => QuotaUsage;
}

/** The bytes of one upload. */
export interface Reservation {
  /** @throws {@link MillraceError} `blob-quota-exhausted` */
  growTo: (bytes: number) => void;
  /** Gives everything back, or all but what a stored file of that size takes. */
  settle: (keptBytes: number) => void;
}

const diskBlockBytes = 4096;

/** What a file of that size takes: whole disk blocks, so that tiny files are not free. */
export function chargedBytes(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / diskBlockBytes)) * diskBlockBytes;
}

/** @param usedBytes what is on disk already */
export function openQuota(quotaBytes: number, usedBytes: number): Quota {
  let used = usedBytes;
  const assertFits = (bytes: number): void => {
    if (used + bytes > quotaBytes) throw quotaExhausted(used, quotaBytes);
  };
  return {
    assertFits,
    usage: () => ({ usedBytes: used, quotaBytes }),
    reserve() {
      let reserved = 0;
      return {
        growTo(bytes) {
          const wanted = chargedBytes(bytes);
          if (wanted <= reserved) return;
          assertFits(wanted - reserved);
          used += wanted - reserved;
          reserved = wanted;
        },
        settle(keptBytes) {
          used += keptBytes - reserved;
          reserved = keptBytes;
        },
      };
    },
  };
}
