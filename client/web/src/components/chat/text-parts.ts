// Links in texts that strangers have written. Only addresses with https become links, and what is shown of them is where
// they lead.

/** A piece of a text. `href` is absent in what is not a link. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

const ADDRESS = /https:\/\/[^\s<>"'`]+/giu;
/** Punctuation after an address that belongs to the sentence. */
const TRAILING = /[.,:;!?)\]}…。、]+$/u;
/** Maximum number of links in a text. Further ones stay text. */
const MAX_LINKS = 5;

/** Parses an address; null if it is not an ordinary one. A user name in it only serves to deceive. */
function addressOf(text: string): URL | null {
  try {
    const url = new URL(text);
    return url.protocol === "https:" && url.username === "" && url.password === "" ? url : null;
  } catch {
    return null;
  }
}

/** Splits a text into links and what is between them. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let [at, links] = [0, 0];
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(TRAILING, "");
    const url = addressOf(address);
    if (!url || links === MAX_LINKS) continue;
    links++;
    if (found.index > at) parts.push({ text: text.slice(at, found.index) });
    // The browser writes the names of servers in other scripts as ASCII, which shows what only looks like a known one.
    const isPlain = address.toLowerCase().startsWith(`https://${url.host}`);
    parts.push({ text: isPlain ? address : url.href, href: url.href });
    at = found.index + address.length;
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at) });
  return parts;
}
