// The search field and the address bar show the same text: typing changes the address after a moment, and a new address
// changes the field.

/** Delay between the last key press and the search, in milliseconds. */
export const SEARCH_DELAY_MS = 250;

/** The text that an address searches for; empty on pages other than the list. */
export function searchTextOf(path: string, query: URLSearchParams): string {
  return path === "/" ? (query.get("q") ?? "") : "";
}

/** The address of a search. On the list, the other parameters of the query stay. */
export function searchAddress(text: string, path: string, query: URLSearchParams): string {
  const next = new URLSearchParams(path === "/" ? query : undefined);
  if (text.trim()) next.set("q", text.trim());
  else next.delete("q");
  const rest = next.toString();
  return rest ? `/?${rest}` : "/";
}

/** The text of the field after the address has changed. Spaces that are being typed stay. */
export function fieldText(searched: string, typed: string): string {
  return typed.trim() === searched ? typed : searched;
}

/** Delays a call until no other call was scheduled for a while. */
export class Debounce {
  readonly #delayMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** Schedules a call in place of the one scheduled before. */
  schedule(call: () => unknown): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(call, this.#delayMs);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
