// Messages between the page and the tick worker.

/** Request from the page. The answer carries the same `id`. */
export type ToWorker =
  | { readonly id: number; readonly do: "make"; readonly session: string; readonly length: number }
  | { readonly id: number; readonly do: "proof"; readonly session: string; readonly tick: number }
  | { readonly id: number; readonly do: "forget"; readonly session: string };

/** Answer of the worker: bytes (null after `forget`), or the parts of a `UserError`. */
export type FromWorker =
  | { readonly id: number; readonly bytes: Uint8Array | null }
  | { readonly id: number; readonly code: string; readonly message: string; readonly hint: string | null };
