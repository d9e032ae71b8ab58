// The seek bar of a broadcast that can be watched from its beginning.

import { useState } from "preact/hooks";
import { clock } from "../ui/format";
import { fractionAt, imagePosition } from "./seek-bar";
import { behindText, LIVE_WITHIN_S, timelineOf } from "./timeline";
import type { DvrWindow, Engine } from "./types";

interface DvrBarProps {
  readonly engine: Engine | null;
  readonly dvr: DvrWindow;
}

export function DvrBar({ engine, dvr }: DvrBarProps) {
  // While the viewer drags, the picture stays: each position would be paid for.
  const [draggedS, setDragged] = useState<number | null>(null);
  const [hoverS, setHover] = useState<number | null>(null);
  const timeline = timelineOf(dvr.startMs, engine?.dateMs.value ?? null, engine?.edgeMs.value ?? null);
  if (!timeline) return null;
  const { lengthS } = timeline;
  const shownS = draggedS ?? (timeline.behindS <= LIVE_WITHIN_S ? lengthS : timeline.positionS);
  const text = behindText(lengthS - shownS);
  return (
    <div class="seek">
      <div class="seek-track">
        <input
          type="range"
          aria-label="Position in the broadcast"
          aria-valuetext={text}
          min={0}
          max={Math.max(1, Math.floor(lengthS))}
          step={1}
          value={Math.floor(shownS)}
          onInput={(event) => setDragged(Number(event.currentTarget.value))}
          onChange={(event) => {
            setDragged(null);
            engine?.seekToDate(dvr.startMs + Number(event.currentTarget.value) * 1_000);
          }}
          onPointerMove={(event) => {
            setHover(fractionAt(event.clientX, event.currentTarget.getBoundingClientRect()) * lengthS);
          }}
          onPointerLeave={() => setHover(null)}
        />
        {hoverS !== null && (
          <div class="seek-hover seek-hover-text" style={{ insetInlineStart: imagePosition(hoverS / lengthS) }}>
            <span class="number">{`−${clock(lengthS - hoverS)}`}</span>
          </div>
        )}
      </div>
      <span class="number seek-time" data-testid="behind">
        {text}
      </span>
    </div>
  );
}
