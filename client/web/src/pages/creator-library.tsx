// What a creator offers: streams, recordings that can be searched, and clips.

import { useState } from "preact/hooks";
import { RecordingCard } from "../components/recording-card";
import { StreamList } from "../components/stream-list";
import { useLoaded } from "../components/use-loaded";
import { usePagedList } from "../components/use-paged-list";
import { gateway, type Page, type Recording, type StreamView, video } from "../gateway";
import { ActionButton } from "../ui/button";
import { FilmIcon, SearchIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import "./home.css";
import "./creator.css";

const MAX_STREAMS = 24;
const PAGE_LIMIT = 30;
/** Number of pages that are searched for a clip at a time. */
const MAX_PAGES = 4;

function Streams({ streams }: { readonly streams: readonly StreamView[] }) {
  const shown = streams.filter(({ status }) => status !== "suspended");
  const live = shown.filter((stream) => stream.is_live_here);
  return (
    <>
      <StreamList id="live" title="Live now" streams={live} />
      <StreamList id="streams" title="Streams" streams={shown.filter((stream) => !stream.is_live_here)} />
    </>
  );
}

function Nothing({ words }: { readonly words: string }) {
  if (words) return <Empty icon={<SearchIcon />} title={`No recordings found for “${words}”`} />;
  return (
    <Empty icon={<FilmIcon />} title="There are no recordings yet">
      Broadcasts that were recorded, videos and clips of this creator appear here.
    </Empty>
  );
}

interface RecordingsProps {
  /** Loads a page of the list. */
  readonly load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<Recording>>;
  readonly words: string;
}

function Recordings({ load, words }: RecordingsProps) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    load,
    ({ stream, number }) => `${stream}/${number}`,
    [],
  );
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the recordings">
        <Skeleton height={64} />
        <Skeleton height={64} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (items.length === 0 && !hasMore) return <Nothing words={words} />;
  return (
    <>
      <ul class="recordings">
        {items.map((item) => (
          <li key={`${item.stream}/${item.number}`}>
            <RecordingCard stream={item.stream ?? ""} recording={item} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <ActionButton class="home-more" onAction={loadMore}>
          Show more
        </ActionButton>
      )}
    </>
  );
}

/** The lists, from the top: what is loaded later is below what is there. */
export function Videos({ account }: { readonly account: string }) {
  const query = { creator: account, limit: MAX_STREAMS };
  const { state, reload } = useLoaded((signal) => gateway.streams(query, signal), [account]);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the streams">
        <Skeleton height={240} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  return (
    <>
      <Streams streams={state.value.items} />
      <Library account={account} />
    </>
  );
}

function Library({ account }: { readonly account: string }) {
  const [words, setWords] = useState("");
  const [typed, setTyped] = useState("");
  const query = { creator: account, limit: PAGE_LIMIT, ...(words && { q: words }) };
  return (
    <section class="stack" aria-labelledby="library">
      <div class="creator-head">
        <h2 id="library">Recordings</h2>
        <search>
          <form
            class="creator-search"
            onSubmit={(event) => {
              event.preventDefault();
              setWords(typed.trim());
            }}
          >
            <input
              type="search"
              class="input"
              aria-label="Search recordings"
              placeholder="Search recordings"
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
            <button type="submit" class="button">
              Search
            </button>
          </form>
        </search>
      </div>
      {/* A new search is a new list. */}
      <Recordings
        key={words}
        words={words}
        load={(cursor, signal) => video.findRecordings({ ...query, ...(cursor && { cursor }) }, signal)}
      />
    </section>
  );
}

/** The next clips of a creator. The gateway lists all recordings, so several pages may be needed to find one. */
export async function nextClips(
  account: string,
  from: string | undefined,
  signal?: AbortSignal,
): Promise<Page<Recording>> {
  let cursor = from;
  for (let pages = 1; ; pages++) {
    const query = { creator: account, limit: PAGE_LIMIT, ...(cursor && { cursor }) };
    const page = await video.findRecordings(query, signal);
    const items = page.items.filter(({ kind }) => kind === "clip");
    if (items.length > 0 || !page.next_cursor || pages === MAX_PAGES) return { ...page, items };
    cursor = page.next_cursor;
  }
}

export function Clips({ account }: { readonly account: string }) {
  return (
    <section class="stack" aria-labelledby="clips">
      <h2 id="clips">Clips</h2>
      <Recordings words="" load={(cursor, signal) => nextClips(account, cursor, signal)} />
    </section>
  );
}
