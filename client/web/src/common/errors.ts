// Errors that can be shown to the user: each says what is wrong and what to do about it.

/**
 * Error whose message can be shown to the user as it is. Every layer throws only these, besides `AbortError`; any other
 * error that reaches a page is a bug.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** Kind of the error, for programs. Never changes. */
  readonly code: string;
  /** What the user can do about it, in a sentence; null if nothing helps. */
  readonly hint: string | null;

  constructor(code: string, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** The error that rejects a promise whose work was cancelled. It is never shown. */
export function abortError(): DOMException {
  return new DOMException("Cancelled", "AbortError");
}

/** Whether an error only says that work was cancelled. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Returns the error itself if it is a {@link UserError}, and otherwise one with the given texts. */
export function toUserError(error: unknown, code: string, message: string, hint: string | null): UserError {
  return error instanceof UserError ? error : new UserError(code, message, hint, { cause: error });
}

/** Maximum length of a message that comes from a node or a wallet. */
const MAX_REASON_CHARS = 200;

/** The message of an error from another program, shortened if it is long. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > MAX_REASON_CHARS ? `${text.slice(0, MAX_REASON_CHARS)}…` : text;
}

/** What is shown of an error. */
export interface ErrorText {
  readonly message: string;
  readonly hint: string | null;
}

/** What to show of any error; null for cancelled work. */
export function errorText(error: unknown): ErrorText | null {
  if (isAbort(error)) return null;
  if (error instanceof UserError) return { message: error.message, hint: error.hint };
  return {
    message: "Something went wrong in this page.",
    hint: "Reload the page. If it happens again, tell the gateway's operator.",
  };
}
