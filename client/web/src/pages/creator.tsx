// The library of a creator: streams, and recordings that can be searched.

import { useState } from "preact/hooks";
import type { PageProps } from "../app/page";
import { useTitle } from "../app/title";
import { shortAddress } from "../chain";
import { RecordingCard } from "../components/recording-card";
import { StreamCard } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import { usePagedList } from "../components/use-paged-list";
import { gateway, type StreamView, video } from "../gateway";
import { Avatar } from "../ui/avatar";
import { ActionButton } from "../ui/button";
import { FilmIcon, SearchIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import "./home.css";
import "./creator.css";

const MAX_STREAMS = 24;
const PAGE_LIMIT = 30;

function Streams({ streams }: { readonly streams: readonly StreamView[] }) {
  const shown = streams.filter(({ status }) => status !== "suspended");
  if (shown.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="streams">
      <h2 id="streams">Streams</h2>
      <ul class="cards">
        {shown.map((stream) => (
          <li key={stream.stream}>
            <StreamCard stream={stream} counts={undefined} />
          </li>
        ))}
      </ul>
    </section>
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

function Recordings({ account, words }: { readonly account: string; readonly words: string }) {
  const query = { creator: account, limit: PAGE_LIMIT, ...(words && { q: words }) };
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => video.findRecordings({ ...query, ...(cursor && { cursor }) }, signal),
    ({ stream, number }) => `${stream}/${number}`,
    [account, words],
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
  if (items.length === 0) return <Nothing words={words} />;
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
function Lists({ account }: { readonly account: string }) {
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
      <Recordings key={words} account={account} words={words} />
    </section>
  );
}

export default function Creator({ params }: PageProps) {
  const account = params["account"] ?? "";
  useTitle(`Library of ${shortAddress(account)}`);
  return (
    <div class="stack home-lists">
      <div class="row">
        <Avatar of={account} isLarge />
        <h1 class="mono creator-name" title={account}>
          {shortAddress(account)}
        </h1>
      </div>
      <Lists key={account} account={account} />
    </div>
  );
}
