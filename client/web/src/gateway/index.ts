// The gateway layer: streams, sessions, receipts, earnings and publishing. `types.ts` documents what it offers.

export { gateway } from "./gateway";
export type * from "./types";
