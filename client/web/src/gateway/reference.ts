// How addresses name recordings.

import type { Recording } from "./types";

/** How addresses name a recording: by its number, and an unlisted one by its token as well. */
export function referenceOf({ reference, number }: Pick<Recording, "reference" | "number">): string {
  return reference || String(number);
}
