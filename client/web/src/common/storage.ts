// What the browser remembers between visits in small: choices, never money. A browser that blocks the site's data throws
// at the mere name of its storage; then nothing is remembered, and everything else works.

/** What was stored; null when there is nothing, or when the browser forbids to look. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a text, or takes it away with null. A browser that forbids it asks again after a reload. */
export function writeStored(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Blocked, or full: what is lost is a choice.
  }
}
