// The paying layer. `types.ts` documents what a key provider does.

export { costOf } from "./cost";
export { KeyUnavailableError } from "./errors";
export { openKeyProvider } from "./open-key-provider";
export type * from "./types";
