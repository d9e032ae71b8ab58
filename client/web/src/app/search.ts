// Addresses of the search page. The search field shows the text that the address searches for, and a new address changes
// the field.

/** Delay between the last key press and the request for suggestions, in milliseconds. */
export const SUGGEST_DELAY_MS = 150;
/** Path of the search page. */
export const SEARCH_PATH = "/search";

/** The text that an address searches for; empty on pages other than the search. */
export function searchTextOf(path: string, query: URLSearchParams): string {
  return path === SEARCH_PATH ? (query.get("q") ?? "") : "";
}

/** The address of a search. On the search page, the filters stay. */
export function searchAddress(text: string, path: string, query: URLSearchParams): string {
  const next = new URLSearchParams(path === SEARCH_PATH ? query : undefined);
  if (text.trim()) next.set("q", text.trim());
  else next.delete("q");
  const rest = next.toString();
  return rest ? `${SEARCH_PATH}?${rest}` : SEARCH_PATH;
}

/** Where an address of the list with a search leads to; null if the address has none. The category stays. */
export function redirectOf(query: URLSearchParams): string | null {
  const text = query.get("q")?.trim();
  if (!text) return null;
  const next = new URLSearchParams({ q: text });
  const category = query.get("category");
  if (category) next.set("category", category);
  return `${SEARCH_PATH}?${next}`;
}

/** The text of the field after the address has changed. Spaces that are being typed stay. */
export function fieldText(searched: string, typed: string): string {
  return typed.trim() === searched ? typed : searched;
}

/**
 * The suggestion that an arrow key moves to, among `count`: after the last one comes the field itself, which is null, and
 * then the first one again.
 */
export function movedBy(at: number | null, key: "ArrowDown" | "ArrowUp", count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown") return at === null ? 0 : at + 1 < count ? at + 1 : null;
  return at === null ? count - 1 : at > 0 ? at - 1 : null;
}
