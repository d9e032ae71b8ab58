// What a screen reader is told of new messages: each of a few, and only their number and the last one when there are many.

/** Shortest time between two announcements, in milliseconds. */
const EVERY_MS = 5_000;
/** Maximum number of characters of a message that are announced. */
const MAX_CHARS = 160;

/** A message as it is announced. */
export interface Announced {
  readonly name: string;
  readonly text: string;
}

function textOf(waiting: readonly Announced[]): string {
  const last = waiting.at(-1);
  if (!last) return "";
  const text = last.text.length > MAX_CHARS ? `${last.text.slice(0, MAX_CHARS)}…` : last.text;
  const words = `${last.name}: ${text}`;
  return waiting.length === 1 ? words : `${waiting.length} new messages. The last one is from ${words}`;
}

export class Announcer {
  readonly #say: (text: string) => void;
  #waiting: Announced[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `say` replaces the text of a polite live region. */
  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** Announces messages at once, or with those that follow if something was announced a moment ago. */
  add(messages: readonly Announced[]): void {
    if (messages.length === 0) return;
    this.#waiting.push(...messages);
    if (this.#timer === undefined) this.#flush();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#say(textOf(this.#waiting));
    this.#waiting = [];
    this.#timer = setTimeout(() => this.#flush(), EVERY_MS);
  }
}
