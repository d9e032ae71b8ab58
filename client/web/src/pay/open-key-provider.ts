// Key providers in the production environment.

import { computed } from "@preact/signals";
import { chain } from "../chain/chain";
import { wallet } from "../chain/wallet";
import { gateway } from "../gateway/gateway";
import { closeSession, freeKey, offerTicket } from "../gateway/session-requests";
import { SessionSocket } from "../gateway/session-socket";
import { takeLock, withLock } from "../ticks/locks";
import { sessionKey } from "../ticks/session-key";
import { ticks } from "../ticks/ticks";
import { consent } from "./consent";
import type { Environment } from "./environment";
import { StreamKeyProvider } from "./key-provider";
import type { KeyProvider } from "./types";

const environment: Environment = {
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
};

/** Opens a key provider for a stream. The page disposes of it when it shows something else. */
export function openKeyProvider(stream: string): KeyProvider {
  return new StreamKeyProvider(environment, stream, consent);
}
