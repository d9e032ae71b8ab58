// The seek bar of a recording, with a picture of the position under the pointer.

import { useState } from "preact/hooks";
import { clock } from "../ui/format";
import { Sprite } from "../ui/sprite";
import type { PreviewImage } from "./types";
import type { VideoState } from "./video-state";

interface SeekBarProps {
  readonly video: HTMLVideoElement | null;
  readonly state: VideoState;
  readonly images: readonly PreviewImage[];
}

const PERCENT = 100;
/** Half the width of the picture over the bar, in pixels: its middle stays this far from both ends. */
const HALF_IMAGE_PX = 84;

/** Position of the pointer on the bar, from 0 to 1. */
export function fractionAt(xPx: number, { left, width }: { readonly left: number; readonly width: number }): number {
  return width > 0 ? Math.min(1, Math.max(0, (xPx - left) / width)) : 0;
}

/** CSS position of the middle of the picture, all of which stays over the bar. */
export function imagePosition(fraction: number): string {
  return `clamp(${HALF_IMAGE_PX}px, ${fraction * PERCENT}%, calc(100% - ${HALF_IMAGE_PX}px))`;
}

export function SeekBar({ video, state, images }: SeekBarProps) {
  const [hoverS, setHover] = useState<number | null>(null);
  const duration = state.durationS.value;
  const time = Math.min(state.timeS.value, duration);
  const image = hoverS === null ? undefined : images.find(({ startS, endS }) => hoverS >= startS && hoverS < endS);
  return (
    <div class="seek">
      {/* Only as wide as the bar, so that the picture is over the pointer. */}
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
            setHover(fractionAt(event.clientX, event.currentTarget.getBoundingClientRect()) * duration);
          }}
          onPointerLeave={() => setHover(null)}
        />
        {hoverS !== null && duration > 0 && (
          <div class="seek-hover" style={{ insetInlineStart: imagePosition(hoverS / duration) }}>
            {image && <Sprite image={image} />}
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
