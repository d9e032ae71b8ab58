// One picture out of a sprite sheet, scaled to the width it is given.

import { useEffect, useRef, useState } from "preact/hooks";
import type { StoryboardCue } from "../gateway";

export function Sprite({ cue }: { readonly cue: StoryboardCue }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => setWidth(box.current?.clientWidth ?? 0), []);
  return (
    <div class="sprite" ref={box} aria-hidden="true" style={{ aspectRatio: `${cue.width} / ${cue.height}` }}>
      <div
        style={{
          width: `${cue.width}px`,
          height: `${cue.height}px`,
          backgroundImage: `url("${cue.url}")`,
          backgroundPosition: `${-cue.x}px ${-cue.y}px`,
          transform: `scale(${width / cue.width})`,
          transformOrigin: "0 0",
        }}
      />
    </div>
  );
}
