// The list of blocked words as text.

/** Maximum number of words. */
const MAX_WORDS = 500;
/** Maximum number of characters of a word. */
const MAX_CHARS = 50;

/** The words in a text with one on each line, without doubles. */
export function wordsIn(text: string): readonly string[] {
  const words = text.split(/[\r\n]+/).map((line) => line.trim().replace(/\s+/g, " "));
  return [...new Set(words.filter((word) => word !== ""))];
}

/** What is wrong with a list of words; null if nothing is. */
export function wordsError(text: string): string | null {
  const words = wordsIn(text);
  if (words.length > MAX_WORDS) return `Enter at most ${MAX_WORDS} words.`;
  const odd = words.find((word) => word.length > MAX_CHARS);
  return odd === undefined ? null : `“${odd.slice(0, MAX_CHARS)}…” has more than ${MAX_CHARS} characters.`;
}
