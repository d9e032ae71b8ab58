// The paying layer. `types.ts` documents what a key provider does.

export { boughtShare } from "./bought";
export { costOf } from "./cost";
export { KeyUnavailableError } from "./errors";
export { formatGiftLink, parseGiftLink } from "./gift-link";
export { forgetGift, forgetGiftLink, giftFor, keepGiftLink, keptGiftLink, makeGift, receiveGift } from "./gifts";
export { boughtProof, boughtRanges, openKeyProvider } from "./open-key-provider";
export { priceOf } from "./session-opener";
export type * from "./types";
