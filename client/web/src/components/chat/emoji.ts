// The emoji that can be chosen while writing. Others can be typed.

/** Emoji with their names. */
export const EMOJI: readonly (readonly [emoji: string, name: string])[] = [
  ["😀", "grinning face"],
  ["😂", "tears of joy"],
  ["😊", "smiling face"],
  ["😍", "heart eyes"],
  ["🤔", "thinking face"],
  ["😮", "surprised face"],
  ["😢", "crying face"],
  ["😡", "angry face"],
  ["👍", "thumbs up"],
  ["👎", "thumbs down"],
  ["👏", "clapping hands"],
  ["🙏", "folded hands"],
  ["💪", "strong arm"],
  ["👀", "eyes"],
  ["❤️", "heart"],
  ["🔥", "fire"],
  ["🎉", "party"],
  ["✨", "sparkles"],
  ["💯", "hundred"],
  ["🚀", "rocket"],
  ["🌊", "wave"],
  ["☕", "coffee"],
  ["🎵", "music"],
  ["🏆", "trophy"],
];

/** Inserts a text in place of the selected part of another, and returns it with the place of the caret after it. */
export function insertAt(text: string, inserted: string, start: number, end: number, maxLength: number) {
  const next = text.slice(0, start) + inserted + text.slice(end);
  if (next.length > maxLength) return { text, caret: end };
  return { text: next, caret: start + inserted.length };
}
