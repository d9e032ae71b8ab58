// Where one is in a recording, and where one may go, with a picture of what is there.

import { useState } from "preact/hooks";
import type { StoryboardCue } from "../gateway";
import { Sprite } from "../ui/sprite";
import { clock } from "../ui/words";
import type { VideoState } from "./video-state";

interface SeekBarProps {
  readonly video: HTMLVideoElement | null;
  readonly state: VideoState;
  readonly cues: readonly StoryboardCue[];
}

const PERCENT = 100;
/** Half of what hangs over the bar, in pixels: nearer to an end its middle does not come. */
const HALF_HOVER_PX = 84;

/** Where on the bar the pointer is, from 0 to 1. */
export function shareAt(xPx: number, { left, width }: { readonly left: number; readonly width: number }): number {
  return width > 0 ? Math.min(1, Math.max(0, (xPx - left) / width)) : 0;
}

/** Where the middle of what hangs over the bar is; all of it stays inside. */
export function placeOf(share: number): string {
  return `clamp(${HALF_HOVER_PX}px, ${share * PERCENT}%, calc(100% - ${HALF_HOVER_PX}px))`;
}

export function SeekBar({ video, state, cues }: SeekBarProps) {
  const [hoverS, setHover] = useState<number | null>(null);
  const duration = state.durationS.value;
  const time = Math.min(state.timeS.value, duration);
  const cue = hoverS === null ? undefined : cues.find(({ startS, endS }) => hoverS >= startS && hoverS < endS);
  return (
    <div class="seek">
      {/* The picture hangs over the bar alone: where the pointer is on it is where the picture belongs. */}
      <div class="seek-track">
        <input
          type="range"
          aria-label="Position"
          aria-valuetext={`${clock(time)} of ${clock(duration)}`}
          min={0}
          max={Math.max(1, duration)}
          step={1}
          value={time}
          onInput={(event) => {
            if (video) video.currentTime = Number(event.currentTarget.value);
          }}
          onPointerMove={(event) => {
            setHover(shareAt(event.clientX, event.currentTarget.getBoundingClientRect()) * duration);
          }}
          onPointerLeave={() => setHover(null)}
        />
        {hoverS !== null && duration > 0 && (
          <div class="seek-hover" style={{ insetInlineStart: placeOf(hoverS / duration) }}>
            {cue && <Sprite cue={cue} />}
            <span class="number">{clock(hoverS)}</span>
          </div>
        )}
      </div>
      <span class="number seek-time">
        {clock(time)} / {clock(duration)}
      </span>
    </div>
  );
}
