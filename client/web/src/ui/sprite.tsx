// A part of a sprite sheet, scaled to the width that is available.

import { useEffect, useRef, useState } from "preact/hooks";

/** Part of a sprite sheet, in pixels. */
export interface SpriteImage {
  /** URL of the sheet. */
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function Sprite({ image }: { readonly image: SpriteImage }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="sprite" ref={box} aria-hidden="true" style={{ aspectRatio: `${image.width} / ${image.height}` }}>
      <div
        style={{
          width: `${image.width}px`,
          height: `${image.height}px`,
          backgroundImage: `url("${image.url}")`,
          backgroundPosition: `${-image.x}px ${-image.y}px`,
          transform: `scale(${width / image.width})`,
          transformOrigin: "0 0",
        }}
      />
    </div>
  );
}
