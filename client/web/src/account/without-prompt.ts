// Signing in with keys that this browser has, without a prompt.

import { concat, toHex } from "../common/bytes";
import { deviceLabel } from "../common/device-label";
import { auth } from "../gateway/auth";
import type { Me, NewChallenge } from "../gateway/auth-types";
import { gateway } from "../gateway/gateway";
import { GatewayError } from "../gateway/problem";
import { readAll } from "../ticks/database";
import { giftKey } from "../ticks/gift-key";
import { type SessionKey, sessionKey } from "../ticks/session-key";
import { SIGNATURE_KINDS } from "../ticks/ticket";

const encoder = new TextEncoder();

/** A gift as it is kept in this browser, as far as it is needed here. */
interface KeptGift {
  readonly genesis: string;
  /** Account that has given it. */
  readonly from: string;
  readonly secret: Uint8Array;
  readonly receivedAtMs: number;
}

/** Name of this browser in the list of sign-ins. */
export const thisDevice = () => deviceLabel(navigator.userAgent);

async function signInWith(key: SessionKey, who: NewChallenge): Promise<Me | null> {
  try {
    const { message } = await auth.challenge(who);
    const signature = await key.sign(new Uint8Array(encoder.encode(message)));
    const typed = toHex(concat(Uint8Array.of(SIGNATURE_KINDS[key.kind]), signature));
    return await auth.signIn({ message, signature: typed, label: thisDevice() });
  } catch (error) {
    // The chain does not list the key, or the gift is used up: another way is needed.
    if (error instanceof GatewayError && !error.isTransient) return null;
    throw error;
  }
}

/**
 * Signs in as an account with the session key that this browser has for it. Null if there is none, or the gateway does not
 * accept it.
 */
export async function signInBySessionKey(account: string): Promise<Me | null> {
  const { genesis_hash } = await gateway.info();
  const key = await sessionKey(genesis_hash, account).catch(() => null);
  return key && signInWith(key, { account, session_key: key.address });
}

/** Signs in as the guest of the gift that this browser received last. Null if there is none, or it is not accepted. */
export async function signInAsGuest(): Promise<Me | null> {
  const kept = await readAll<KeptGift>("gifts").catch(() => []);
  if (kept.length === 0) return null;
  const { genesis_hash } = await gateway.info();
  const newest = kept
    .filter(({ genesis }) => genesis === genesis_hash)
    .reduce<KeptGift | null>((best, gift) => (best && best.receivedAtMs >= gift.receivedAtMs ? best : gift), null);
  if (!newest) return null;
  const key = await giftKey(newest.secret);
  return signInWith(key, { account: newest.from, session_key: key.address, guest: true });
}
