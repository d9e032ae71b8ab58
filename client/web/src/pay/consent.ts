// Whether paying may begin without a press of Start: yes from the first press on, over streams and reloads, until Stop.
// Limits are the wallet's business; this is about not being charged where one has said stop.

import { effect, type Signal, signal } from "@preact/signals";

const MEMORY = "vilokanam.pays";

function remembered(): boolean {
  try {
    return localStorage.getItem(MEMORY) === "yes";
  } catch {
    return false;
  }
}

/** The consent of this browser. */
export const consent: Signal<boolean> = signal(typeof localStorage !== "undefined" && remembered());

if (typeof localStorage !== "undefined") {
  effect(() => {
    const pays = consent.value;
    try {
      if (pays) localStorage.setItem(MEMORY, "yes");
      else localStorage.removeItem(MEMORY);
    } catch {
      // A browser without storage asks again after a reload.
    }
  });
}
