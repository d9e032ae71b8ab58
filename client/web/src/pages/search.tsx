// The search page: streams, recordings and people, with filters that the address bar remembers.

import { navigate, query } from "../app/router";
import { useTitle } from "../app/title";
import { showError } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { type Facet, type SearchAnswer, type SearchFacets, type SearchQuery, search } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { SearchIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import {
  DATES,
  isEmpty,
  isFiltered,
  KINDS,
  LENGTHS,
  type Option,
  type Param,
  PRICES,
  requestOf,
  SORTS,
  withoutFilters,
  withParam,
} from "./search-query";
import { idOf, Results } from "./search-results";
import "./home.css";
import "./search.css";

const PAGE_LIMIT = 24;
const NO_FACETS: SearchFacets = { kind: [], category: [], language: [] };

const setParam = (name: Param, value: string | null) =>
  navigate(withParam(query.peek(), name, value), { replace: true });

const languages = new Intl.DisplayNames(undefined, { type: "language", fallback: "code" });

/** The name of a language; the code itself if it is not one. */
function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Values of a facet as options, with the chosen one even if it has no results. */
function optionsOf(facets: readonly Facet[], chosen: string | null, nameOf = (value: string) => value) {
  const all = facets.map(({ value, count }) => ({ value, text: `${nameOf(value)} (${count})` }));
  return chosen && !facets.some(({ value }) => value === chosen)
    ? [...all, { value: chosen, text: nameOf(chosen) }]
    : all;
}

interface SelectProps {
  readonly label: string;
  readonly name: Param;
  readonly options: readonly Option<string>[];
  /** Text of the choice that does not filter; absent if there is always a choice. */
  readonly any?: string;
}

function Select({ label, name, options, any }: SelectProps) {
  const value = query.value.get(name) ?? (any === undefined ? options[0]?.value : "");
  return (
    <label class="sort">
      <span class="visually-hidden">{label}</span>
      <select class="input" value={value} onChange={(event) => setParam(name, event.currentTarget.value || null)}>
        {any !== undefined && <option value="">{any}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Filters({ facets }: { readonly facets: SearchFacets }) {
  const kind = query.value.get("kind");
  const isLive = query.value.get("live") === "1";
  const countOf = (value: string) => facets.kind.find((facet) => facet.value === value)?.count;
  return (
    <div class="stack stack-tight">
      <Chips label="What to find">
        <Chip isOn={kind === null} onPress={() => setParam("kind", null)}>
          Everything
        </Chip>
        {KINDS.map(({ value, text }) => (
          <Chip key={value} isOn={kind === value} onPress={() => setParam("kind", kind === value ? null : value)}>
            {text}
            {countOf(value) !== undefined && ` (${countOf(value)})`}
          </Chip>
        ))}
        <Chip isOn={isLive} onPress={() => setParam("live", isLive ? null : "1")}>
          On air now
        </Chip>
      </Chips>
      <div class="search-filters">
        <Select
          label="Category"
          name="category"
          any="All categories"
          options={optionsOf(facets.category, query.value.get("category"))}
        />
        <Select
          label="Language"
          name="language"
          any="All languages"
          options={optionsOf(facets.language, query.value.get("language"), languageName)}
        />
        <Select label="Price" name="price" any="Any price" options={PRICES} />
        <Select label="Length" name="length" any="Any length" options={LENGTHS} />
        <Select label="Date" name="date" any="Any time" options={DATES} />
        <Select label="Order" name="sort" options={SORTS} />
      </div>
    </div>
  );
}

function Nothing({ words }: { readonly words: string }) {
  const title = words ? `Nothing found for “${words}”` : "Nothing found";
  if (!isFiltered(query.value)) {
    return (
      <Empty icon={<SearchIcon />} title={title}>
        Try fewer or other words. Small spelling mistakes are found anyway.
      </Empty>
    );
  }
  return (
    <Empty
      icon={<SearchIcon />}
      title={title}
      action={
        <a class="button" href={withoutFilters(query.value)}>
          Remove the filters
        </a>
      }
    >
      The filters may exclude what you look for.
    </Empty>
  );
}

const totalText = (total: number) => `${total.toLocaleString()} ${total === 1 ? "result" : "results"}`;

function Summary({ answer, words }: { readonly answer: SearchAnswer; readonly words: string }) {
  return (
    <div class="search-head">
      <h1 dir="auto">{words ? `Results for “${answer.corrected ?? words}”` : "Results"}</h1>
      <p class="soft number" role="status">
        {totalText(answer.total)}
      </p>
      {answer.corrected && (
        <p class="soft" dir="auto">
          Showing results for <strong>{answer.corrected}</strong>. Nothing was found for “{words}”.
        </p>
      )}
    </div>
  );
}

function ResultsSkeleton() {
  return (
    <Loading label="Searching">
      <Skeleton height={84} />
      <Skeleton height={38} width="60%" />
      {["a", "b", "c", "d", "e"].map((name) => (
        <Skeleton key={name} height={110} />
      ))}
    </Loading>
  );
}

/** Merges the next page into an answer. A result that has moved between the pages is shown once. */
function withNext(answer: SearchAnswer, next: SearchAnswer): SearchAnswer {
  const known = new Set(answer.items.map(idOf));
  return {
    ...answer,
    items: [...answer.items, ...next.items.filter((item) => !known.has(idOf(item)))],
    ...cursor(next),
  };
}

const cursor = ({ next_cursor }: SearchAnswer) => ({ next_cursor: next_cursor ?? null });

function useSearch(request: SearchQuery, key: string) {
  const { state, reload, set } = useLoaded(
    async (signal) => ({ key, answer: await search.find({ ...request, limit: PAGE_LIMIT }, signal) }),
    [key],
  );
  const more = async () => {
    if (state.kind !== "ready" || !state.value.answer.next_cursor) return;
    const { answer } = state.value;
    const next = await search.find({ ...request, limit: PAGE_LIMIT, cursor: answer.next_cursor ?? "" });
    set({ key, answer: withNext(answer, next) });
  };
  return { state, reload, more };
}

function Found({ words }: { readonly words: string }) {
  const key = query.value.toString();
  const { state, reload, more } = useSearch(requestOf(query.value, Date.now()), key);
  const isStale = state.kind === "ready" && state.value.key !== key;
  return (
    <>
      {/* With the first answer, since the counts make the filters wider. */}
      {state.kind !== "loading" && <Filters facets={state.kind === "ready" ? state.value.answer.facets : NO_FACETS} />}
      {state.kind === "loading" && <ResultsSkeleton />}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && (
        <section class="stack" aria-label="Results" aria-busy={isStale}>
          <Summary answer={state.value.answer} words={words} />
          {state.value.answer.items.length === 0 ? (
            <Nothing words={words} />
          ) : (
            <Results items={state.value.answer.items} />
          )}
          {state.value.answer.next_cursor && (
            <ActionButton class="home-more" disabled={isStale} onAction={() => more().catch(showError)}>
              Show more
            </ActionButton>
          )}
        </section>
      )}
    </>
  );
}

export default function Search() {
  const words = query.value.get("q")?.trim() ?? "";
  useTitle(words ? `Search: ${words}` : "Search");
  return (
    <div class="main-narrow stack">
      {isEmpty(query.value) ? (
        <>
          <h1 class="visually-hidden">Search</h1>
          <Empty icon={<SearchIcon />} title="What are you looking for?">
            Type words of a title, a description, a tag or a name into the field at the top of the page.
          </Empty>
        </>
      ) : (
        <Found words={words} />
      )}
    </div>
  );
}
