// Errors that can be shown as they are: each says what is wrong and what would mend it.

/**
 * An error in words. Every layer throws only these; anything else that surfaces is a fault of the program.
 * `code` is for programs and never changes, `message` and `mend` are sentences for people.
 */
export class WordedError extends Error {
  override readonly name: string = "WordedError";
  /** For programs. */
  readonly code: string;
  /** What to do about it, in a sentence; null when nothing helps. */
  readonly mend: string | null;

  constructor(code: string, message: string, mend: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.mend = mend;
  }
}

/** What is thrown into a promise whose work was called off; it is nobody's fault and is not shown. */
export function abortError(): DOMException {
  return new DOMException("Called off", "AbortError");
}

/** Whether an error only says that work was called off. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Any error in words: those that have none get the words given. */
export function worded(error: unknown, code: string, message: string, mend: string | null): WordedError {
  return error instanceof WordedError ? error : new WordedError(code, message, mend, { cause: error });
}

/** The most that is shown of a reason that came from elsewhere: a node, a wallet. */
const MAX_REASON_CHARS = 200;

/** What a foreign error says, cut short. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > MAX_REASON_CHARS ? `${text.slice(0, MAX_REASON_CHARS)}…` : text;
}
