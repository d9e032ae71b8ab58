// A recording or stream that somebody has watched, with how far.

import { type HistoryItem, imageUrl, subjectPath } from "../gateway";
import { ago, clock } from "../ui/format";
import { Picture } from "../ui/picture";
import { nameOf } from "./person";
import "./recording-card.css";
import "./history-card.css";

/** Width of the picture, in pixels. */
const WIDTH = 320;

/** How much was watched, from 0 to 1; null if the length is not known. */
export function watchedPart({ position_ms, duration_ms }: Pick<HistoryItem, "position_ms" | "duration_ms">) {
  return duration_ms ? Math.min(1, Math.max(0, position_ms / duration_ms)) : null;
}

export function HistoryCard({ item }: { readonly item: HistoryItem }) {
  const part = watchedPart(item);
  const positionS = item.position_ms / 1_000;
  return (
    <a class="recording" href={subjectPath(item.subject)}>
      <span class="recording-picture">
        <Picture url={imageUrl(item.picture, WIDTH)} of={item.subject} isLazy />
        {item.duration_ms && (
          <span class="recording-length number">
            {clock(positionS)} / {clock(item.duration_ms / 1_000)}
          </span>
        )}
        {part !== null && <span class="watched" style={{ inlineSize: `${part * 100}%` }} />}
      </span>
      <span class="stack stack-none">
        <strong class="one-line" dir="auto">
          {item.title}
        </strong>
        <span class="faint one-line" dir="auto">
          {item.creator ? `${nameOf(item.creator)} · ` : ""}
          {ago(item.at)}
        </span>
      </span>
    </a>
  );
}
