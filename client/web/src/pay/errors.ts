// What a purse throws besides an `AbortError`.

import { WordedError } from "../common/errors";

/** The key is not sold: its segment is too old, or yet to come, or the stream has stopped. Read the playlist again. */
export class KeyGoneError extends WordedError {
  override readonly name = "KeyGoneError";
  readonly index: number;

  constructor(index: number) {
    super("key-gone", "This part of the stream is not on sale any more.", "Jump to live.");
    this.index = index;
  }
}
