// The list of streams: those on air first, then the others. The gateway searches and sorts.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { navigate, query } from "../app/router";
import { redirectOf } from "../app/search";
import { useTitle } from "../app/title";
import { StreamCard } from "../components/stream-card";
import { showError } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { gateway, type LiveFeed, type Page, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { SearchIcon, StudioIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import { useHomeRows } from "./use-home-rows";
import "./home.css";

/** Number of streams on a page of the list. */
const PAGE_LIMIT = 48;
/** Interval at which the list is reloaded, in milliseconds. Live counts arrive by themselves. */
const REFRESH_EVERY_MS = 15_000;

/** Live counts while the page is shown. */
function useFeed(): LiveFeed["counts"]["value"] {
  const feed = useMemo(() => gateway.live(), []);
  useEffect(() => () => feed.close(), [feed]);
  return feed.counts.value;
}

function Welcome() {
  return (
    <section class="welcome" aria-label="How it works">
      <div>
        <h1>Live video, paid by the second.</h1>
        <p>No subscription and no advertising. You pay while you watch, and stop whenever you like.</p>
      </div>
      <ol class="welcome-facts">
        <li>
          <strong>One signature</strong>
          <span>sets your limit. After that, you can change streams without confirming anything.</span>
        </li>
        <li>
          <strong>Stalls are free</strong>
          <span>You pay for seconds that reach you, never for waiting.</span>
        </li>
        <li>
          <strong>You keep the rest</strong>
          <span>What you do not watch is refunded, and every receipt is on chain.</span>
        </li>
      </ol>
    </section>
  );
}

/** The categories of the streams, the most frequent first. */
function categoriesOf(streams: readonly StreamView[]): readonly string[] {
  const found = new Map<string, number>();
  for (const { metadata } of streams) {
    const category = metadata.category?.trim();
    if (category) found.set(category, (found.get(category) ?? 0) + 1);
  }
  return [...found].sort((a, b) => b[1] - a[1]).map(([category]) => category);
}

const SORTS = [
  { value: "viewers", text: "Most watched" },
  { value: "newest", text: "Newest" },
  { value: "price", text: "Cheapest" },
] as const;

/** The order in the address; the usual one if the page does not know it: anyone can make links. */
function sortOf(params: URLSearchParams): (typeof SORTS)[number]["value"] {
  return SORTS.find(({ value }) => value === params.get("sort"))?.value ?? "viewers";
}

function setParam(name: string, value: string | null): void {
  const next = new URLSearchParams(query.value);
  if (value === null || next.get(name) === value) next.delete(name);
  else next.set(name, value);
  const rest = next.toString();
  navigate(rest ? `/?${rest}` : "/", { replace: true });
}

function Filters({ categories }: { readonly categories: readonly string[] }) {
  const category = query.value.get("category");
  const sort = sortOf(query.value);
  return (
    <div class="filters">
      <Chips label="Categories">
        {categories.map((name) => (
          <Chip key={name} isOn={name === category} onPress={() => setParam("category", name)}>
            {name}
          </Chip>
        ))}
      </Chips>
      <label class="sort">
        <span class="visually-hidden">Order</span>
        <select class="input" value={sort} onChange={(event) => setParam("sort", event.currentTarget.value)}>
          {SORTS.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function ListSkeleton() {
  return (
    <Loading label="Loading streams">
      <div class="cards">
        {["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => (
          <div key={name} class="card">
            <div class="card-picture skeleton" />
            <div class="card-text">
              <Skeleton height={36} width="36px" />
              <div class="stack stack-tight card-skeleton">
                <Skeleton height={18} width="80%" />
                <Skeleton height={14} width="55%" />
                <Skeleton height={16} width="65%" />
              </div>
            </div>
          </div>
        ))}
      </div>
    </Loading>
  );
}

const ALL_STREAMS = (
  <a class="button" href="/">
    All streams
  </a>
);

function NoStreams({ category }: { readonly category: string | null }) {
  if (category) {
    return (
      <Empty icon={<SearchIcon />} title={`No streams in “${category}” at the moment`} action={ALL_STREAMS}>
        This list updates by itself. There may be streams in other categories.
      </Empty>
    );
  }
  return (
    <Empty
      icon={<StudioIcon />}
      title="There are no streams here yet"
      action={
        <a class="button button-main" href="/studio/new">
          Create the first one
        </a>
      }
    >
      You need a title, a price per second, and an encoder such as OBS.
    </Empty>
  );
}

interface ListsProps {
  readonly page: Page<StreamView>;
  readonly onMore: () => Promise<void>;
  /** Rows above the lists. */
  readonly children: ComponentChildren;
}

function Lists({ page, onMore, children }: ListsProps) {
  const counts = useFeed();
  const shown = page.items.filter(({ status }) => status !== "ended" && status !== "suspended");
  const isLive = (stream: StreamView) => counts.get(stream.stream)?.is_live ?? stream.is_live_here;
  const live = shown.filter(isLive);
  const rest = shown.filter((stream) => !isLive(stream));
  const card = (stream: StreamView) => (
    <li key={stream.stream}>
      <StreamCard stream={stream} counts={counts.get(stream.stream)} />
    </li>
  );
  if (shown.length === 0) return <NoStreams category={query.value.get("category")} />;
  return (
    <div class="stack home-lists">
      {children}
      <section class="stack" aria-labelledby="on-air">
        <h2 id="on-air">On air now</h2>
        {live.length > 0 ? (
          <ul class="cards">{live.map(card)}</ul>
        ) : (
          <p class="soft">No stream is on air at the moment. This list updates by itself.</p>
        )}
      </section>
      {rest.length > 0 && (
        <section class="stack" aria-labelledby="off-air">
          <h2 id="off-air">Off air</h2>
          <ul class="cards">{rest.map(card)}</ul>
        </section>
      )}
      {page.next_cursor && (
        <ActionButton class="home-more" onAction={onMore}>
          Show more
        </ActionButton>
      )}
    </div>
  );
}

/** Leads from addresses with a search to the search page. */
function useRedirect(): void {
  const target = redirectOf(query.value);
  useEffect(() => {
    if (target !== null) navigate(target, { replace: true });
  }, [target]);
}

export default function Home() {
  useTitle(null);
  useRedirect();
  const category = query.value.get("category");
  const sort = sortOf(query.value);
  const request = {
    sort,
    limit: PAGE_LIMIT,
    ...(category ? { category } : {}),
  };
  const { state, reload, set } = useLoaded((signal) => gateway.streams(request, signal), [category, sort]);
  const rows = useHomeRows(!category);
  const [known, setKnown] = useState<readonly string[]>([]);
  // After "Show more", a reload would throw the user back to the first page.
  const isFirstPage = state.kind !== "ready" || state.value.items.length <= PAGE_LIMIT;
  usePolling(() => isFirstPage && reload(), REFRESH_EVERY_MS);
  useEffect(() => {
    if (state.kind === "ready" && !category) setKnown(categoriesOf(state.value.items));
  }, [state]);
  const more = async () => {
    if (state.kind !== "ready" || !state.value.next_cursor) return;
    const next = await gateway.streams({ ...request, cursor: state.value.next_cursor });
    set({ ...next, items: [...state.value.items, ...next.items] });
  };
  const isLoading = state.kind === "loading" || (state.kind === "ready" && rows === "loading");
  return (
    <>
      {!category && <Welcome />}
      {category && <h1 class="visually-hidden">Streams: {category}</h1>}
      <Filters categories={category && !known.includes(category) ? [category, ...known] : known} />
      {isLoading && <ListSkeleton />}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && !isLoading && (
        <Lists page={state.value} onMore={() => more().catch(showError)}>
          {rows !== null && rows !== "loading" && <rows.Rows {...rows.data} />}
        </Lists>
      )}
    </>
  );
}
