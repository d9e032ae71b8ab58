// Finds a session to pay in: resumes a stored one, or signs a ticket and offers it. The wallet is not asked: it agreed to
// the limits when it added the session key.

import { fromHex, toHex } from "../common/bytes";
import { UserError } from "../common/errors";
import { decodeAddress } from "../common/ss58";
import { badAnswer, GatewayError } from "../gateway/problem";
import type { GatewayInfo, SessionView, StreamView } from "../gateway/types";
import { sessionId } from "../ticks/hashing";
import type { SessionKey } from "../ticks/session-key";
import { encodeSignedTicket, type Ticket, ticketMessage } from "../ticks/ticket";
import type { Environment } from "./environment";
import { NOT_AUTHORISED, type Obstacle } from "./obstacles";
import { findObstacle, keyIn, type SessionTerms, sessionTicks } from "./session-terms";
import {
  highestNonce,
  isStored,
  removeSession,
  type SessionScope,
  type StoredSession,
  storeAccepted,
  storedSessions,
  storeNonce,
  storeSession,
} from "./stored-sessions";
import { NONCE_TAKEN } from "./ticket-errors";

/** Maximum number of nonces that are tried in a row. Another browser with the same gift has used the ones before. */
const MAX_NONCES = 8;
/** Distance from the last nonce it has seen up to which the chain accepts nonces. */
const NONCE_WINDOW = 64n;

/** A session that was resumed or opened. */
export interface OpenedSession {
  readonly stored: StoredSession;
  readonly view: SessionView;
  /** Whether the fee for opening it was paid just now. */
  readonly isNew: boolean;
}

/** Price of a new session: an announced price may apply by the time the ticket is in a block. */
export function priceOf(view: StreamView): bigint {
  const [now, next] = [BigInt(view.price_per_tick), BigInt(view.next_price?.price_per_tick ?? 0)];
  return now > next ? now : next;
}

/** Bytes decoded from what the gateway sent, which `name` describes. */
function bytesOf(name: string, bytes: Uint8Array<ArrayBuffer> | null): Uint8Array<ArrayBuffer> {
  if (!bytes) throw badAnswer(`${name} is not valid`);
  return bytes;
}

/** Phases in which a session gives keys. */
const ACTIVE_PHASES: readonly SessionView["phase"][] = ["offered", "included", "finalized"];

/** What a session is needed for. */
export interface SessionRequest {
  readonly scope: SessionScope;
  /** Ticks that the session must have left to be of use. */
  readonly minTicks: number;
  /**
   * Whether the session is still wanted. Called right before a ticket is offered: the page may be gone, or the viewer
   * may have stopped.
   */
  readonly isWanted: () => boolean;
}

/**
 * Resumes a stored session that still gives keys, or offers a ticket again whose answer never came. Null if there is
 * none.
 */
export async function resumeSession(env: Environment, request: SessionRequest): Promise<OpenedSession | null> {
  for (const stored of await storedSessions(request.scope)) {
    const { ticket } = stored;
    let view = await nullIfUnknown(env.gateway.session(stored.session));
    if (!view && ticket !== undefined) {
      if (!request.isWanted()) return null;
      // The same bytes: a gateway that has accepted them answers the same, and no other seed or nonce is used up.
      view = await env.gateway.offerTicket(ticket).catch(nullIfRefused);
    }
    const isActive = view && ACTIVE_PHASES.includes(view.phase);
    if (view && isActive && stored.maxTicks - view.charged_ticks >= request.minTicks) {
      return ticket === undefined ? { stored, view, isNew: false } : await accept(env, stored, view);
    }
    await forgetSession(env, stored.session);
  }
  return null;
}

/**
 * Whether the gateway has definitely not accepted the ticket. If it did not answer, or is overloaded or failing, it may
 * have accepted it.
 */
function isRefusal(error: unknown): error is GatewayError {
  return error instanceof GatewayError && !error.isTransient;
}

function nullIfRefused(error: unknown): null {
  if (!isRefusal(error)) throw error;
  return null;
}

/** Turns 404 into null. */
async function nullIfUnknown(answer: Promise<SessionView>): Promise<SessionView | null> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 404) throw error;
    return null;
  }
}

/** Deletes what is stored of a session that gives no more keys. */
export async function forgetSession(env: Environment, session: string): Promise<void> {
  await removeSession(session);
  await env.ticks.forget(session);
}

/** What is needed to open a new session. */
export interface NewSessionRequest extends SessionRequest {
  readonly info: GatewayInfo;
  readonly terms: SessionTerms;
  /** Called for each ticket that the gateway may have accepted. */
  readonly onOffered: () => void;
}

/** Opens a new session. Returns an obstacle if that is not possible, and null if the session is not wanted any more. */
export async function openNewSession(
  env: Environment,
  request: NewSessionRequest,
): Promise<OpenedSession | Obstacle | null> {
  const { scope } = request;
  const key = await env.sessionKey(scope.genesis, scope.viewer);
  const money = env.chain.money.peek();
  const best = env.chain.heights.peek()?.best;
  if (!money || best === undefined) {
    return { reason: "chain", message: "Reading your deposit from the chain.", hint: null };
  }
  const { deposit } = money;
  const obstacle = findObstacle(deposit, key?.address ?? null, request.terms, best);
  const known = keyIn(deposit, key?.address ?? null);
  if (obstacle || !deposit || !key || !known) return obstacle ?? NOT_AUTHORISED;
  const ticks = sessionTicks({ deposit, key: known, best }, request.terms, request.minTicks);
  if (typeof ticks !== "number") return ticks;
  // Two tabs must not sign tickets with the same nonce.
  return env.withLock(`vilokanam/nonce/${scope.genesis}/${scope.viewer}/${key.address}`, async () => {
    const nonce = firstFreeNonce(known.nextNonce, (await highestNonce(scope)) + 1n);
    return offerWithNextNonces(env, request, key, { ticks, nonce, best });
  });
}

/**
 * The first nonce that neither the chain nor this browser has used. A nonce of this browser counts only while the chain
 * would still accept its ticket.
 */
function firstFreeNonce(next: bigint, afterUsed: bigint): bigint {
  return afterUsed > next && afterUsed < next + NONCE_WINDOW ? afterUsed : next;
}

/** Length, nonce and block of a ticket. */
interface Order {
  readonly ticks: number;
  readonly nonce: bigint;
  readonly best: number;
}

/** Offers a ticket. Continues with the next nonce if another browser with this key has used one. */
async function offerWithNextNonces(
  env: Environment,
  request: NewSessionRequest,
  key: SessionKey,
  first: Order,
): Promise<OpenedSession | null> {
  let order = first;
  for (let left = MAX_NONCES; ; left--) {
    order = { ...order, nonce: await firstUnstored(request.scope, order.nonce) };
    try {
      return await offer(env, request, key, order);
    } catch (error) {
      if (!isRefusal(error) || error.code !== NONCE_TAKEN || left <= 1) throw error;
      order = { ...order, nonce: order.nonce + 1n };
    }
  }
}

/**
 * The first nonce from `from` on for which no session is stored: the seed of a stored session must not be replaced. The
 * number of stored sessions bounds the loop.
 */
async function firstUnstored(scope: SessionScope, from: bigint): Promise<bigint> {
  let nonce = from;
  while (await isStored(idOf(scope, nonce))) nonce += 1n;
  return nonce;
}

function idOf({ genesis, viewer, sessionKey }: SessionScope, nonce: bigint): string {
  const hash = bytesOf("its genesis hash", fromHex(genesis, 32));
  const account = bytesOf("the account", decodeAddress(viewer));
  return toHex(sessionId(hash, account, bytesOf("the session key", decodeAddress(sessionKey)), nonce));
}

async function offer(
  env: Environment,
  request: NewSessionRequest,
  key: SessionKey,
  order: Order,
): Promise<OpenedSession | null> {
  const { scope, terms } = request;
  const session = idOf(scope, order.nonce);
  const ticket = await signTicket(env, request, key, order);
  const stored: StoredSession = {
    ...scope,
    session,
    pricePerTick: terms.pricePerTick,
    maxTicks: order.ticks,
    openedAtMs: env.now(),
    revealedTicks: 0,
    token: null,
    ticket,
  };
  // Stored before it is offered: whatever happens to the answer, a reload finds it.
  for (const old of await storeSession(stored)) await env.ticks.forget(old);
  if (!request.isWanted()) {
    await forgetSession(env, session);
    return null;
  }
  const mayBeAccepted = async () => {
    request.onOffered();
    await storeNonce(scope, order.nonce);
  };
  let view: SessionView;
  try {
    view = await env.gateway.offerTicket(ticket);
  } catch (error) {
    if (isRefusal(error)) await forgetSession(env, session);
    else await mayBeAccepted();
    throw error;
  }
  await mayBeAccepted();
  return accept(env, stored, view);
}

/** Makes the tick chain, which stores its seed, and signs a ticket for it. Returns the ticket in hexadecimal. */
async function signTicket(
  env: Environment,
  { scope, info, terms }: NewSessionRequest,
  key: SessionKey,
  order: Order,
): Promise<string> {
  const ticket: Ticket = {
    viewer: bytesOf("the account", decodeAddress(scope.viewer)),
    sessionKey: key.account,
    nonce: order.nonce,
    stream: BigInt(scope.stream),
    gateway: bytesOf("its account", decodeAddress(scope.gateway)),
    pricePerTick: terms.pricePerTick,
    maxTicks: order.ticks,
    anchor: await env.ticks.make(idOf(scope, order.nonce), order.ticks),
    // Half of what is allowed: long enough for any queue, and a node that lags cannot make it too long.
    expiresAt: order.best + Math.floor(info.ticket_lifetime_blocks / 2),
  };
  const genesis = bytesOf("its genesis hash", fromHex(scope.genesis, 32));
  return toHex(encodeSignedTicket(ticket, key.kind, await key.sign(ticketMessage(genesis, ticket))));
}

/** Stores that a ticket was accepted, after checking that the session is the one that was ordered. */
async function accept(env: Environment, ordered: StoredSession, view: SessionView): Promise<OpenedSession> {
  const pricePerTick = BigInt(view.price_per_tick);
  const isAsOrdered =
    view.session === ordered.session &&
    view.stream === ordered.stream &&
    view.max_ticks === ordered.maxTicks &&
    pricePerTick <= ordered.pricePerTick;
  if (!isAsOrdered) {
    await forgetSession(env, ordered.session);
    const message = "The gateway opened a different session than was ordered. Nothing was paid.";
    throw new UserError("wrong-session", message, "Watch another stream, or tell the gateway's operator.");
  }
  const { ticket: _, ...answered } = ordered;
  const stored: StoredSession = { ...answered, pricePerTick };
  await storeAccepted(stored);
  return { stored, view, isNew: true };
}
