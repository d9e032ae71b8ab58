// Errors of a key provider, besides `AbortError`.

import { UserError } from "../common/errors";

/**
 * The gateway does not give this key: the segment is too old or yet to come, or the stream has stopped. Reload the
 * playlist.
 */
export class KeyUnavailableError extends UserError {
  override readonly name = "KeyUnavailableError";
  readonly index: number;

  constructor(index: number) {
    super("key-gone", "This part of the stream is no longer available.", "Jump to live.");
    this.index = index;
  }
}
