// The gateway layer: what there is to watch, sessions, receipts, earnings, publishing. See `types.ts`.

export { gateway } from "./gateway";
export { GatewayError } from "./problem";
export { parseStoryboard } from "./storyboard";
export type * from "./types";
