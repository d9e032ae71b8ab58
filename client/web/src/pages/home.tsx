// What there is to watch: on air first, then the rest. Searching and sorting happen at the gateway.

import { useEffect, useMemo, useState } from "preact/hooks";
import { navigate, query } from "../app/router";
import { useTitle } from "../app/title";
import { tellError } from "../app/toasts";
import { gateway, type LiveFeed, type Page, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { SearchIcon, StudioIcon } from "../ui/icons";
import { Bones, Empty, Loading, Problem, useLoaded, usePolling } from "../ui/states";
import { StreamCard } from "../ui/stream-card";
import "./home.css";

/** Streams fetched at once. */
const PAGE_LIMIT = 48;
/** Counts come by themselves; titles, prices and newcomers are looked at this often. */
const LOOK_EVERY_MS = 15_000;

/** Live counts for as long as the page is shown. */
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
        <p>No subscription, no advertising. The clock runs while the picture does, and stops when you do.</p>
      </div>
      <ol class="welcome-facts">
        <li>
          <strong>One signature</strong>
          <span>sets your limit. After that, changing streams asks for nothing.</span>
        </li>
        <li>
          <strong>Stalls are free</strong>
          <span>You pay for seconds that reached you, never for waiting.</span>
        </li>
        <li>
          <strong>The rest is yours</strong>
          <span>What you did not watch goes back, and every receipt is on chain.</span>
        </li>
      </ol>
    </section>
  );
}

/** Categories that any stream has, the commonest first. */
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

function setParam(name: string, value: string | null): void {
  const next = new URLSearchParams(query.value);
  if (value === null || next.get(name) === value) next.delete(name);
  else next.set(name, value);
  const rest = next.toString();
  navigate(rest ? `/?${rest}` : "/", { replace: true });
}

function Filters({ categories }: { readonly categories: readonly string[] }) {
  const category = query.value.get("category");
  const sort = query.value.get("sort") ?? "viewers";
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
        <span class="unseen">Order</span>
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

function Skeleton() {
  return (
    <Loading label="Loading streams">
      <div class="cards">
        {["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => (
          <div key={name} class="card">
            <div class="card-picture bones" />
            <div class="card-text">
              <Bones height={36} width="36px" />
              <div class="stack stack-tight card-bones">
                <Bones height={18} width="80%" />
                <Bones height={14} width="55%" />
                <Bones height={16} width="65%" />
              </div>
            </div>
          </div>
        ))}
      </div>
    </Loading>
  );
}

interface NothingProps {
  readonly words: string | null;
  readonly category: string | null;
}

const ALL = (
  <a class="button" href="/">
    All streams
  </a>
);

function Nothing({ words, category }: NothingProps) {
  if (words) {
    return (
      <Empty icon={<SearchIcon />} title={`Nothing found for “${words}”`} action={ALL}>
        Try fewer letters, or look at all streams.
      </Empty>
    );
  }
  if (category) {
    return (
      <Empty icon={<SearchIcon />} title={`Nothing in “${category}” at the moment`} action={ALL}>
        This list changes by itself; other categories may have something.
      </Empty>
    );
  }
  return (
    <Empty
      icon={<StudioIcon />}
      title="Nobody has a stream here yet"
      action={
        <a class="button button-main" href="/studio/new">
          Create the first one
        </a>
      }
    >
      It takes a title, a price a second, and an encoder such as OBS.
    </Empty>
  );
}

interface ListsProps {
  readonly page: Page<StreamView>;
  readonly onMore: () => Promise<void>;
}

function Lists({ page, onMore }: ListsProps) {
  const counts = useFeed();
  const shown = page.items.filter(({ phase }) => phase !== "ended" && phase !== "suspended");
  const isLive = (stream: StreamView) => counts.get(stream.stream)?.is_live ?? stream.is_live_here;
  const live = shown.filter(isLive);
  const rest = shown.filter((stream) => !isLive(stream));
  const card = (stream: StreamView) => (
    <li key={stream.stream}>
      <StreamCard stream={stream} counts={counts.get(stream.stream)} />
    </li>
  );
  if (shown.length === 0) return <Nothing words={query.value.get("q")} category={query.value.get("category")} />;
  return (
    <div class="stack home-lists">
      <section class="stack" aria-labelledby="on-air">
        <h2 id="on-air">On air now</h2>
        {live.length > 0 ? (
          <ul class="cards">{live.map(card)}</ul>
        ) : (
          <p class="soft">Nobody is on air just now. This list changes by itself.</p>
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

export default function Home() {
  useTitle(null);
  const words = query.value.get("q");
  const category = query.value.get("category");
  const sort = query.value.get("sort") ?? "viewers";
  const ask = {
    sort,
    limit: PAGE_LIMIT,
    ...(words ? { q: words } : {}),
    ...(category ? { category } : {}),
  };
  const { state, again, set } = useLoaded((signal) => gateway.streams(ask, signal), [words, category, sort]);
  const [known, setKnown] = useState<readonly string[]>([]);
  // Whoever has asked for more is not thrown back to the first page.
  const isFirstPage = state.kind !== "ready" || state.value.items.length <= PAGE_LIMIT;
  usePolling(() => isFirstPage && again(), LOOK_EVERY_MS);
  useEffect(() => {
    if (state.kind === "ready" && !category && !words) setKnown(categoriesOf(state.value.items));
  }, [state]);
  const more = async () => {
    if (state.kind !== "ready" || !state.value.next_cursor) return;
    const next = await gateway.streams({ ...ask, cursor: state.value.next_cursor });
    set({ ...next, items: [...state.value.items, ...next.items] });
  };
  return (
    <>
      {!words && !category && <Welcome />}
      {(words || category) && <h1 class="unseen">{words ? `Streams found for ${words}` : `Streams: ${category}`}</h1>}
      <Filters categories={category && !known.includes(category) ? [category, ...known] : known} />
      {state.kind === "loading" && <Skeleton />}
      {state.kind === "failed" && <Problem what={state.error.message} mend={state.error.mend} onRetry={again} />}
      {state.kind === "ready" && <Lists page={state.value} onMore={() => more().catch(tellError)} />}
    </>
  );
}
