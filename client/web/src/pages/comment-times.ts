// Positions that are written in comments, such as 1:23.

/** A piece of a comment. `atS` is the position that it names; absent in other text. */
export interface CommentPart {
  readonly text: string;
  readonly atS?: number;
}

const TIME = /(?<![\d:.,])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?![\d:])/g;
/** Maximum number of positions in a comment. Further ones stay text. */
const MAX_TIMES = 20;
const HOUR_S = 3_600;
const MINUTE_S = 60;

/** Splits a comment into positions within a recording of `durationS` seconds, and what is between them. */
export function commentParts(text: string, durationS: number): readonly CommentPart[] {
  const parts: CommentPart[] = [];
  let [at, times] = [0, 0];
  for (const found of text.matchAll(TIME)) {
    const [whole, hours = "0", minutes = "0", seconds = "0"] = found;
    const atS = Number(hours) * HOUR_S + Number(minutes) * MINUTE_S + Number(seconds);
    if (atS > durationS || times === MAX_TIMES) continue;
    times++;
    if (found.index > at) parts.push({ text: text.slice(at, found.index) });
    parts.push({ text: whole, atS });
    at = found.index + whole.length;
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at) });
  return parts;
}
