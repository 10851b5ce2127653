import fc from "fast-check";

/** A sale of the generated table; amounts in cents, undefined: an empty field. */
export interface Sale {
  readonly id: number;
  readonly customer: string;
  readonly region: string;
  readonly units: number;
  readonly cents: number | undefined;
}

const regions = ["north", "south", 'the "far" east', "west, or so", "across\r\nthe line", "Übersee"];
const syllables = ["ka", 'mi"', "ro,", "su", "é", "\n", "漢字", " ", "'", ";", "x"];

/** The names of the table's columns; two of them need quotes. */
export const saleColumns = ["id", "customer", "region, as told", "units", 'the "price"'];

/** Random numbers in [0, 1) that follow from this run's seed alone. */
function randomNumbers(): () => number {
  let state = fc.readConfigureGlobal().seed ?? 0;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sales that follow from this run's seed, with text that needs every rule of RFC 4180. */
export function randomSales(count: number): Sale[] {
  const random = randomNumbers();
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = (from: readonly string[]) => from[below(from.length)] ?? "";
  return Array.from({ length: count }, (_, id) => ({
    id,
    customer: Array.from({ length: below(7) }, () => pick(syllables)).join(""),
    region: pick(regions),
    units: below(2_000) - 1_000,
    cents: below(20) === 0 ? undefined : below(1_000_000) - 500_000,
  }));
}

/** An amount in cents as it stands in the table. */
export function showCents(cents: number | undefined): string {
  return cents === undefined ? "" : (cents / 100).toFixed(2);
}

/** Writes rows as RFC 4180 has them: quotes only where they are needed, or around everything. */
export function toCsv(
  rows: readonly (readonly string[])[],
  { quoteAll = false, lineEnd = "\r\n" }: { quoteAll?: boolean; lineEnd?: string } = {},
): string {
  const quote = (field: string) => `"${field.replaceAll('"', '""')}"`;
  const write = (field: string) => (quoteAll || /[",\r\n]/.test(field) ? quote(field) : field);
  return rows
    .map((row) => (row.length === 1 && row[0] === "" ? '""' : row.map(write).join(",")) + lineEnd)
    .join("");
}

/** The table as CSV, header first. */
export function salesCsv(sales: readonly Sale[]): string {
  const rows = sales.map(({ id, customer, region, units, cents }) => [
    ...[String(id), customer, region, String(units), showCents(cents)],
  ]);
  return toCsv([saleColumns, ...rows]);
}

/** The answer to `where=units>=250&where=region, as told!=north&select=the "price",id,customer`. */
export function expectedSelection(sales: readonly Sale[]): string {
  const kept = sales.filter(({ units, region }) => units >= 250 && region !== "north");
  return toCsv([
    ['the "price"', "id", "customer"],
    ...kept.map(({ cents, id, customer }) => [showCents(cents), String(id), customer]),
  ]);
}

/** The query that {@link expectedSelection} answers. */
export const selectionQuery = new URLSearchParams([
  ["where", "units>=250"],
  ["where", "region, as told!=north"],
  ["select", '"the ""price""",id,customer'],
]).toString();

/** The query that {@link expectedSummary} answers. */
export const summaryQuery = new URLSearchParams([
  ["group", '"region, as told"'],
  ["count", ""],
  ["sum", 'units,"the ""price"""'],
  ["mean", '"the ""price"""'],
  ["min", '"the ""price"""'],
  ["max", "units"],
]).toString();

/** Count, sums, mean, least and most for each region, in whole cents. */
export function expectedSummary(sales: readonly Sale[]): string {
  const rows = [...new Set(sales.map(({ region }) => region))].map((region) => {
    const members = sales.filter((sale) => sale.region === region);
    const cents = members.flatMap((sale) => (sale.cents === undefined ? [] : [sale.cents]));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const units = members.map((sale) => sale.units);
    return [
      region,
      String(members.length),
      String(sum(units)),
      showCents(sum(cents)),
      cents.length === 0 ? "" : meanOf(sum(cents), cents.length),
      cents.length === 0 ? "" : showCents(cents.reduce((least, each) => Math.min(least, each))),
      String(units.reduce((most, each) => Math.max(most, each))),
    ];
  });
  const names = ["sum_units", 'sum_the "price"', 'mean_the "price"', 'min_the "price"', "max_units"];
  return toCsv([["region, as told", "count", ...names], ...rows]);
}

/** A mean of cents in the currency to six digits, half away from zero. */
function meanOf(cents: number, count: number): string {
  const scaled = BigInt(Math.abs(cents)) * 10_000n;
  const rounded = (2n * scaled + BigInt(count)) / (2n * BigInt(count));
  const digits = rounded.toString().padStart(7, "0");
  const sign = cents < 0 && rounded > 0n ? "-" : "";
  return `${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
