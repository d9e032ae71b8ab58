// What is like the stream or recording that is being watched.

import { people, type Subject } from "../gateway";
import { RecordingCard } from "./recording-card";
import { StreamCard } from "./stream-card";
import { useLoaded } from "./use-loaded";

const MAX_RELATED = 6;

/** Nothing is shown if there is nothing, or if it cannot be loaded. */
export function Related({ subject }: { readonly subject: Subject }) {
  const { state } = useLoaded((signal) => people.related(subject, MAX_RELATED, signal), [subject]);
  if (state.kind !== "ready") return null;
  const { recordings, streams } = state.value;
  if (recordings.length + streams.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="related">
      <h2 id="related">You may also like</h2>
      <ul class="stack">
        {recordings.map((item) => (
          <li key={`${item.stream}/${item.number}`}>
            <RecordingCard stream={item.stream ?? ""} recording={item} />
          </li>
        ))}
        {streams.map((stream) => (
          <li key={stream.stream}>
            <StreamCard stream={stream} counts={undefined} />
          </li>
        ))}
      </ul>
    </section>
  );
}
