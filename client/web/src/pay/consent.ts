// Whether paying may begin without pressing Start: true from the first press on, over streams and reloads, until Stop.
// The limits on chain bound what can be spent; consent is about not being charged after having pressed Stop.

import { effect, type Signal, signal } from "@preact/signals";
import { readStored, writeStored } from "../common/storage";

const STORAGE_KEY = "vilokanam.pays";
const YES = "yes";

/** The consent of this browser. */
export const consent: Signal<boolean> = signal(readStored(STORAGE_KEY) === YES);

effect(() => writeStored(STORAGE_KEY, consent.value ? YES : null));

// Stop applies to every tab. Start applies to its own tab and to pages loaded later: another open tab, which waits for
// the viewer, does not begin to pay because of it.
if (typeof window !== "undefined") {
  window.addEventListener("storage", ({ key, newValue }) => {
    const isConsent = key === STORAGE_KEY || key === null;
    if (isConsent && newValue !== YES) consent.value = false;
  });
}
