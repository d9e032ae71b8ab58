// Session keys of gifts. A gift's secret is a random seed of 32 bytes, which its link carries: anybody with the link can
// spend the gift. These are sr25519 keys, whose library is loaded when a gift is made or opened.

import { encodeAddress } from "../common/ss58";
import type { SessionKey } from "./session-key";

/** Length of a gift's secret: an sr25519 mini secret. */
export const GIFT_SECRET_BYTES = 32;

/** Makes the secret of a new gift. */
export function makeGiftSecret(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(GIFT_SECRET_BYTES));
}

/** The session key of a gift's secret. */
export async function giftKey(secret: Uint8Array): Promise<SessionKey> {
  const { getPublicKey, secretFromSeed, sign } = await import("@scure/sr25519");
  const expanded = secretFromSeed(secret);
  const account = new Uint8Array(getPublicKey(expanded));
  return {
    kind: "sr25519",
    account,
    address: encodeAddress(account),
    sign: async (message) => new Uint8Array(sign(expanded, message)),
  };
}
