// Purses with the real world around them.

import { computed } from "@preact/signals";
import { chain } from "../chain/chain";
import { wallet } from "../chain/wallet";
import { gateway } from "../gateway/gateway";
import { closeSession, freeKey, offerTicket } from "../gateway/keys";
import { SessionSocket } from "../gateway/sessionSocket";
import { alone, takeLock } from "../ticks/locks";
import { sessionKey } from "../ticks/sessionKey";
import { ticks } from "../ticks/ticks";
import { consent } from "./consent";
import { StreamPurse } from "./purse";
import type { Purse } from "./types";
import type { World } from "./world";

const world: World = {
  account: computed(() => wallet.account.value?.address ?? null),
  counter: {
    info: gateway.info,
    stream: (id) => gateway.stream(id),
    session: (id) => gateway.session(id),
    freeKey,
    offerTicket,
    closeSession,
    line: (session, token, onSession) => new SessionSocket(session, token, onSession),
  },
  ledger: chain,
  ticks,
  sessionKey,
  takeLock,
  alone,
  now: Date.now,
};

/** A purse for a stream. The page that opens it disposes of it when it shows something else. */
export function openPurse(stream: string): Purse {
  return new StreamPurse(world, stream, consent);
}
