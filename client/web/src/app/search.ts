// The search field and the address say the same: what is typed goes there after a moment, what comes from there is shown.

/** Typing goes on for so long after a letter; then it is searched. */
export const SEARCH_AFTER_MS = 250;

/** What the address asks for; nothing on other pages than the list. */
export function askedIn(path: string, query: URLSearchParams): string {
  return path === "/" ? (query.get("q") ?? "") : "";
}

/** Where the words are looked for. On the list its other choices stay. */
export function addressOf(words: string, path: string, query: URLSearchParams): string {
  const next = new URLSearchParams(path === "/" ? query : undefined);
  if (words.trim()) next.set("q", words.trim());
  else next.delete("q");
  const rest = next.toString();
  return rest ? `/?${rest}` : "/";
}

/** What the field shows once the address has changed: a space that is just being typed is not taken away. */
export function shownFor(asked: string, typed: string): string {
  return typed.trim() === asked ? typed : asked;
}

/** Calls once it has been quiet for a while. */
export class Pause {
  readonly #afterMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** What was to be called before is not called any more. */
  next(call: () => unknown): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(call, this.#afterMs);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
