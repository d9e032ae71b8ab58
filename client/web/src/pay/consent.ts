// Whether paying may begin without a press of Start: yes from the first press on, over streams and reloads, until Stop.
// Limits are the wallet's business; this is about not being charged where one has said stop.

import { effect, type Signal, signal } from "@preact/signals";
import { readStored, writeStored } from "../common/storage";

const MEMORY = "vilokanam.pays";
const YES = "yes";

/** The consent of this browser. */
export const consent: Signal<boolean> = signal(readStored(MEMORY) === YES);

effect(() => writeStored(MEMORY, consent.value ? YES : null));

// Stop holds in every tab. Start holds where it was pressed, and in pages loaded later: another tab that waits for a word
// has not been given it.
if (typeof window !== "undefined") {
  window.addEventListener("storage", ({ key, newValue }) => {
    const isAbout = key === MEMORY || key === null;
    if (isAbout && newValue !== YES) consent.value = false;
  });
}
