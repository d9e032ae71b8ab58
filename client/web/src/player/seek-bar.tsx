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

export function SeekBar({ video, state, cues }: SeekBarProps) {
  const [hoverS, setHover] = useState<number | null>(null);
  const duration = state.durationS.value;
  const time = Math.min(state.timeS.value, duration);
  const cue = hoverS === null ? undefined : cues.find(({ startS, endS }) => hoverS >= startS && hoverS < endS);
  return (
    <div class="seek">
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
          const box = event.currentTarget.getBoundingClientRect();
          setHover(((event.clientX - box.left) / box.width) * duration);
        }}
        onPointerLeave={() => setHover(null)}
      />
      <span class="number seek-time">
        {clock(time)} / {clock(duration)}
      </span>
      {hoverS !== null && duration > 0 && (
        <div class="seek-hover" style={{ insetInlineStart: `${(hoverS / duration) * PERCENT}%` }}>
          {cue && <Sprite cue={cue} />}
          <span class="number">{clock(hoverS)}</span>
        </div>
      )}
    </div>
  );
}
