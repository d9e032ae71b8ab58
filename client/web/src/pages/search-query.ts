// The filters of the search page as the address bar has them, and the request that they stand for.

import { SEARCH_PATH } from "../app/search";
import { parseVlk } from "../common/amounts";
import type { SearchKind, SearchQuery, SearchSort } from "../gateway";

export interface Option<T extends string> {
  readonly value: T;
  readonly text: string;
}

export const KINDS: readonly Option<SearchKind>[] = [
  { value: "stream", text: "Streams" },
  { value: "recording", text: "Recordings" },
  { value: "person", text: "People" },
];

export const SORTS: readonly Option<SearchSort>[] = [
  { value: "relevance", text: "Best match" },
  { value: "newest", text: "Newest" },
  { value: "viewers", text: "Most watched" },
  { value: "price", text: "Cheapest" },
  { value: "length", text: "Shortest" },
];

const MINUTE_S = 60;
const DAY_MS = 86_400_000;

export const LENGTHS = [
  { value: "short", text: "Under 5 minutes", maxS: 5 * MINUTE_S },
  { value: "medium", text: "5 to 30 minutes", minS: 5 * MINUTE_S, maxS: 30 * MINUTE_S },
  { value: "long", text: "Over 30 minutes", minS: 30 * MINUTE_S },
] as const satisfies readonly (Option<string> & { readonly minS?: number; readonly maxS?: number })[];

export const DATES = [
  { value: "day", text: "Last day", spanMs: DAY_MS },
  { value: "week", text: "Last week", spanMs: 7 * DAY_MS },
  { value: "month", text: "Last month", spanMs: 30 * DAY_MS },
  { value: "year", text: "Last year", spanMs: 365 * DAY_MS },
] as const satisfies readonly (Option<string> & { readonly spanMs: number })[];

/** Prices per second, in VLK, up to which results can be limited. */
export const PRICES: readonly Option<string>[] = [
  { value: "0", text: "Free" },
  { value: "0.001", text: "Up to 0.001 VLK/s" },
  { value: "0.005", text: "Up to 0.005 VLK/s" },
  { value: "0.02", text: "Up to 0.02 VLK/s" },
];

/** Parameters of the search page's address. */
export type Param = "q" | "kind" | "live" | "category" | "language" | "price" | "length" | "date" | "sort";

/** Parameters that narrow a search down. */
const FILTERS: readonly Param[] = ["kind", "live", "category", "language", "price", "length", "date"];

const known = <T extends Option<string>>(options: readonly T[], value: string | null): T | undefined =>
  options.find((option) => option.value === value);

/** The request of an address. Values that the page does not know are ignored: anyone can make links. */
export function requestOf(query: URLSearchParams, nowMs: number): SearchQuery {
  const text = (name: Param) => query.get(name)?.trim() || undefined;
  const q = text("q");
  const kind = known(KINDS, query.get("kind"))?.value;
  const category = text("category");
  const language = text("language");
  const price = known(PRICES, query.get("price"));
  const maxPrice = price ? parseVlk(price.value) : null;
  const length: { readonly minS?: number; readonly maxS?: number } | undefined = known(LENGTHS, query.get("length"));
  const date = known(DATES, query.get("date"));
  const sort = known(SORTS, query.get("sort"))?.value;
  return {
    ...(q && { q }),
    ...(kind && { kind }),
    ...(query.get("live") === "1" && { live: true }),
    ...(category && { category }),
    ...(language && { language }),
    ...(maxPrice !== null && { max_price: String(maxPrice) }),
    ...(length?.minS !== undefined && { min_s: length.minS }),
    ...(length?.maxS !== undefined && { max_s: length.maxS }),
    ...(date && { since: new Date(nowMs - date.spanMs).toISOString() }),
    ...(sort && { sort }),
  };
}

/** The address with another value of a parameter; null removes it. */
export function withParam(query: URLSearchParams, name: Param, value: string | null): string {
  const next = new URLSearchParams(query);
  if (value) next.set(name, value);
  else next.delete(name);
  const rest = next.toString();
  return rest ? `${SEARCH_PATH}?${rest}` : SEARCH_PATH;
}

/** The address of the same words without filters. */
export function withoutFilters(query: URLSearchParams): string {
  const next = new URLSearchParams(query);
  for (const name of FILTERS) next.delete(name);
  const rest = next.toString();
  return rest ? `${SEARCH_PATH}?${rest}` : SEARCH_PATH;
}

/** Whether results may be missing because of a filter. */
export function isFiltered(query: URLSearchParams): boolean {
  return FILTERS.some((name) => query.has(name));
}

/** Whether there is anything to search for. */
export function isEmpty(query: URLSearchParams): boolean {
  return !query.get("q")?.trim() && !isFiltered(query);
}
