// The gateway's OpenAPI document as types.

import type { components, paths } from "./openapi.generated";

export type Schemas = components["schemas"];

/** The query of a `GET` request. */
export type Query<Path extends keyof paths> = paths[Path] extends {
  readonly get: { readonly parameters: { readonly query?: infer Values } };
}
  ? Readonly<NonNullable<Values>>
  : never;

/** A value of a request, of which nothing is changed here. */
export type ReadOnly<T> = T extends readonly (infer Item)[] ? readonly Item[] : T;

/** A change of which absent fields stay as they are. */
export type Change<T> = { readonly [Name in keyof T]?: ReadOnly<NonNullable<T[Name]>> };
