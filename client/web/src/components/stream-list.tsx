// Streams under a heading. Nothing is shown without streams.

import type { StreamView } from "../gateway";
import { StreamCard } from "./stream-card";

interface StreamListProps {
  readonly id: string;
  readonly title: string;
  readonly streams: readonly StreamView[];
}

export function StreamList({ id, title, streams }: StreamListProps) {
  if (streams.length === 0) return null;
  return (
    <section class="stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class="cards">
        {streams.map((stream) => (
          <li key={stream.stream}>
            <StreamCard stream={stream} counts={undefined} />
          </li>
        ))}
      </ul>
    </section>
  );
}
