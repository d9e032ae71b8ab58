// What page and worker say to each other about tick chains.

/** From the page. `id` comes back with the answer. */
export type ToWorker =
  | { readonly id: number; readonly do: "make"; readonly session: string; readonly length: number }
  | { readonly id: number; readonly do: "proof"; readonly session: string; readonly tick: number }
  | { readonly id: number; readonly do: "forget"; readonly session: string };

/** From the worker. */
export type FromWorker =
  | { readonly id: number; readonly bytes: Uint8Array | null }
  | { readonly id: number; readonly code: string; readonly what: string; readonly mend: string | null };
