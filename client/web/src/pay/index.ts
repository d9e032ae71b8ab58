// The paying layer: purses. See `types.ts` for what a purse does.

export { costOf } from "./cost";
export { KeyGoneError } from "./errors";
export { openPurse } from "./open";
export type * from "./types";
