// Rows of the home page for a person who is signed in. Loaded together with what they show.

import { HistoryCard } from "../components/history-card";
import { StreamList } from "../components/stream-list";
import { type HistoryItem, people, type StreamView } from "../gateway";

/** Maximum number of streams or recordings in a row. */
const MAX_ITEMS = 4;
/** Number of followed creators among whom those on air are found. */
const MAX_FOLLOWED = 50;

export interface RowData {
  readonly live: readonly StreamView[];
  readonly unfinished: readonly HistoryItem[];
  readonly recommended: readonly StreamView[];
  readonly trending: readonly StreamView[];
}

/** The value of a request; nothing if it has failed: a row is not worth an error. */
const orNothing = <T,>(request: Promise<readonly T[]>): Promise<readonly T[]> => request.catch(() => []);

/** Removes the streams that a row above shows, and those beyond the length of a row. */
function withoutRepeats(rows: readonly (readonly StreamView[])[]): readonly (readonly StreamView[])[] {
  const shown = new Set<string>();
  return rows.map((row) => {
    const fresh = row.filter(({ stream }) => !shown.has(stream)).slice(0, MAX_ITEMS);
    for (const { stream } of fresh) shown.add(stream);
    return fresh;
  });
}

/** Never fails. */
export async function loadRows(signal: AbortSignal): Promise<RowData> {
  const followed = people.following({ limit: MAX_FOLLOWED }, signal);
  const [following, unfinished, recommended, trending] = await Promise.all([
    orNothing(followed.then(({ items }) => items.flatMap(({ live }) => live ?? []))),
    orNothing(people.unfinished(MAX_ITEMS, signal)),
    orNothing(people.recommended(2 * MAX_ITEMS, signal)),
    orNothing(people.trending(3 * MAX_ITEMS, signal)),
  ]);
  const [live = [], liked = [], popular = []] = withoutRepeats([following, recommended, trending]);
  return { live, unfinished: unfinished.slice(0, MAX_ITEMS), recommended: liked, trending: popular };
}

export function Rows({ live, unfinished, recommended, trending }: RowData) {
  return (
    <>
      <StreamList id="following-live" title="Following, live now" streams={live} />
      {unfinished.length > 0 && (
        <section class="stack" aria-labelledby="continue">
          <h2 id="continue">Continue watching</h2>
          <ul class="recordings">
            {unfinished.map((item) => (
              <li key={item.subject}>
                <HistoryCard item={item} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <StreamList id="recommended" title="Recommended for you" streams={recommended} />
      <StreamList id="trending" title="Trending" streams={trending} />
    </>
  );
}
