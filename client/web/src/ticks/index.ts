// Tick chains, tickets, session keys, and what this browser keeps of them.

export { change, read, readAll } from "./database";
export { sessionId } from "./hashing";
export { alone, type HeldLock, takeLock } from "./locks";
export { ensureSessionKey, type SessionKey, sessionKey } from "./sessionKey";
export { MAX_TICKS } from "./tickChain";
export { encodeSignedTicket, SIGNATURE_KINDS, type Ticket, ticketMessage } from "./ticket";
export { type Ticks, ticks } from "./ticks";
