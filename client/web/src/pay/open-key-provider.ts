// Key providers in the production environment.

import { computed, signal } from "@preact/signals";
import { chain } from "../chain/chain";
import { wallet } from "../chain/wallet";
import { gateway } from "../gateway/gateway";
import { closeSession, freeKey, offerTicket } from "../gateway/session-requests";
import { SessionSocket } from "../gateway/session-socket";
import { giftKey } from "../ticks/gift-key";
import { takeLock, withLock } from "../ticks/locks";
import { type SessionKey, sessionKey } from "../ticks/session-key";
import { ticks } from "../ticks/ticks";
import { consent, GiftConsent } from "./consent";
import type { Environment } from "./environment";
import { StreamKeyProvider } from "./key-provider";
import type { KeyProvider, ReceivedGift, StreamOffer } from "./types";

const environment: Environment = {
  isGift: false,
  account: computed(() => wallet.account.value?.address ?? null),
  gateway: {
    info: gateway.info,
    stream: (id) => gateway.stream(id),
    session: (id) => gateway.session(id),
    freeKey,
    offerTicket,
    closeSession,
    openConnection: (session, token, onSession) => new SessionSocket(session, token, onSession),
  },
  chain,
  ticks,
  sessionKey,
  takeLock,
  withLock,
  now: Date.now,
  close: () => {},
};

/** The environment in which a gift pays, from its giver's deposit. */
function giftEnvironment(gift: ReceivedGift): Environment {
  const { money, stop } = chain.follow(gift.from);
  let key: Promise<SessionKey> | null = null;
  return {
    ...environment,
    isGift: true,
    account: signal(gift.from),
    chain: { money, heights: chain.heights, start: chain.start },
    sessionKey: async (genesis) => {
      if (genesis !== gift.genesis) return null;
      key ??= giftKey(gift.secret);
      return key;
    },
    close: stop,
  };
}

/**
 * Opens a key provider for a stream, paid from the viewer's own deposit or by a gift. The page disposes of it when it
 * shows something else.
 */
export function openKeyProvider(offer: StreamOffer, gift: ReceivedGift | null): KeyProvider {
  if (gift) return new StreamKeyProvider(giftEnvironment(gift), offer, new GiftConsent());
  return new StreamKeyProvider(environment, offer, consent);
}
