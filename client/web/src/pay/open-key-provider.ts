// Key providers in the production environment.

import { computed, signal } from "@preact/signals";
import { chain } from "../chain/chain";
import { wallet } from "../chain/wallet";
import { gateway } from "../gateway/gateway";
import { closeSession, freeKey, offerTicket } from "../gateway/session-requests";
import { SessionSocket } from "../gateway/session-socket";
import type { KeyRange, ViewerProof } from "../gateway/video";
import { video } from "../gateway/video-requests";
import { giftKey } from "../ticks/gift-key";
import { takeLock, withLock } from "../ticks/locks";
import { type SessionKey, sessionKey } from "../ticks/session-key";
import { ticks } from "../ticks/ticks";
import { BoughtKeys, type Wanted } from "./bought";
import { consent, GiftConsent } from "./consent";
import type { BoughtPort, Environment } from "./environment";
import { StreamKeyProvider } from "./key-provider";
import type { KeyProvider, ReceivedGift, StreamOffer } from "./types";

const boughtPort: BoughtPort = {
  info: gateway.info,
  sessionKey,
  now: Date.now,
  bought: (stream, proof) => video.bought(stream, proof),
  boughtKeys: (stream, first, count, proof) => video.boughtKeys(stream, first, count, proof),
};

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
  bought: boughtPort,
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
    bought: null,
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

/** The ranges of keys of a stream that a viewer has bought. Empty if the gateway does not say. */
export function boughtRanges(stream: string, viewer: string): Promise<readonly KeyRange[]> {
  return new BoughtKeys(boughtPort, stream, viewer).ranges();
}

/**
 * A proof of a viewer for the use of what was bought of a stream; null if this browser has no session key of the viewer. The
 * gateway accepts it once.
 */
export function boughtProof(stream: string, viewer: string, wanted: Wanted): Promise<ViewerProof | null> {
  return new BoughtKeys(boughtPort, stream, viewer).proof(wanted);
}
