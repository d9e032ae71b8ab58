// What the search takes, and answers with.

import type { Query, Schemas } from "./schemas";

/** Filters, order and page of a search. Absent filters match everything. */
export type SearchQuery = Query<"/v1/search">;
export type SearchKind = NonNullable<SearchQuery["kind"]>;
export type SearchSort = NonNullable<SearchQuery["sort"]>;
export type SearchItem = Schemas["SearchItem"];
/** A value of a field, and the number of results that have it. */
export type Facet = Schemas["Facet"];
export type SearchFacets = Schemas["SearchFacets"];
export type SearchAnswer = Schemas["SearchAnswer"];
export type SearchSuggestions = Schemas["SearchSuggestions"];
