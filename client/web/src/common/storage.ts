// Small choices that the browser remembers between visits; never money. A browser that blocks the site's data throws as
// soon as `localStorage` is named. Then nothing is remembered, and everything else works.

/** Reads a stored text; null if there is none or the browser blocks access. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a text, or removes it if `value` is null. Does nothing if the browser blocks access or has no room. */
export function writeStored(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Only a choice is lost.
  }
}
