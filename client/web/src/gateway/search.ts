// The search over streams, recordings and people.

import { requestJson, withQuery } from "./http";
import type { SearchAnswer, SearchQuery, SearchSuggestions } from "./search-types";

/** Both functions reject with a `GatewayError` or an `AbortError`. */
export const search = {
  find: (query: SearchQuery, signal?: AbortSignal): Promise<SearchAnswer> =>
    requestJson(withQuery("/v1/search", { ...query }), { signal }),
  /** Searches that begin with the text. */
  suggest: async (q: string, limit: number, signal?: AbortSignal): Promise<readonly string[]> =>
    (await requestJson<SearchSuggestions>(withQuery("/v1/search/suggest", { q, limit }), { signal })).suggestions,
};
