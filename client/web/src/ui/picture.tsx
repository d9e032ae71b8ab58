// A picture that may be missing: until there is one, and if it cannot be loaded, a pattern is shown.

import { useState } from "preact/hooks";
import { Poster } from "./avatar";

interface PictureProps {
  /** Null if there is no picture. */
  readonly url: string | null;
  /** What the pattern is made from. */
  readonly of: string;
  /** Whether the picture is loaded only when it is about to be seen. */
  readonly isLazy?: boolean;
}

export function Picture({ url, of, isLazy }: PictureProps) {
  // The URL that failed, rather than a flag: the next picture has another URL.
  const [failed, setFailed] = useState<string | null>(null);
  if (!url || failed === url) return <Poster of={of} />;
  const loading = isLazy ? "lazy" : "eager";
  return <img src={url} alt="" width={320} height={180} loading={loading} onError={() => setFailed(url)} />;
}
