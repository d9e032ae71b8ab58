// A list that is loaded page by page, and whose first page is refreshed.

import { useState } from "preact/hooks";
import type { Page } from "../gateway";
import { useLoaded } from "./use-loaded";

/** The loaded part of a list, the newest item first. */
export interface PagedList<T> {
  readonly items: readonly T[];
  /** Cursor of the page after the last loaded item; null if that is the end of the list. */
  readonly nextCursor: string | null;
}

/**
 * Merges a refreshed first page into a list. Items that newer ones have pushed off the first page stay in the list,
 * after those of the first page. If the page has no item in common with the list, items between them may be missing:
 * then the list starts again with the page alone.
 */
export function withFirstPage<T>(list: PagedList<T> | null, page: Page<T>, idOf: (item: T) => string): PagedList<T> {
  const ids = new Set(page.items.map(idOf));
  const older = list?.items.filter((item) => !ids.has(idOf(item))) ?? [];
  const overlaps = list !== null && older.length < list.items.length;
  if (!overlaps) return { items: page.items, nextCursor: page.next_cursor ?? null };
  return { items: [...page.items, ...older], nextCursor: list.nextCursor };
}

/**
 * Appends the next page to a list. An item that is on the page and in the list is taken from the page, in its old
 * place.
 */
export function withNextPage<T>(list: PagedList<T>, page: Page<T>, idOf: (item: T) => string): PagedList<T> {
  const fresh = new Map(page.items.map((item) => [idOf(item), item]));
  const items = list.items.map((item) => {
    const id = idOf(item);
    const update = fresh.get(id);
    fresh.delete(id);
    return update ?? item;
  });
  return { items: [...items, ...fresh.values()], nextCursor: page.next_cursor ?? null };
}

/** Loads a list: its first page when `deps` change and when `reload` is called, and further pages with `loadMore`. */
export function usePagedList<T>(
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<T>>,
  idOf: (item: T) => string,
  deps: readonly unknown[],
) {
  const [list, setList] = useState<PagedList<T> | null>(null);
  const { state, reload } = useLoaded(async (signal) => {
    const page = await load(undefined, signal);
    if (!signal.aborted) setList((old) => withFirstPage(old, page, idOf));
  }, deps);
  const loadMore = async () => {
    if (list?.nextCursor == null) return;
    const page = await load(list.nextCursor);
    setList((now) => now && withNextPage(now, page, idOf));
  };
  return { state, items: list?.items ?? [], hasMore: list?.nextCursor != null, reload, loadMore };
}
