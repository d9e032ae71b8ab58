// Messages of a chat as text and as a list: what the gateway sends is parsed, and merged into what is there.

import type { ChatMessage, ToChatter } from "./chat-types";

/** Maximum number of messages that are kept. The oldest are dropped first. */
export const MAX_KEPT = 10_000;

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

function isPerson(value: unknown): boolean {
  return isObject(value) && typeof value["account"] === "string";
}

function isMessage(value: unknown): value is ChatMessage {
  if (!isObject(value) || typeof value["id"] !== "string" || !/^\d{1,20}$/.test(value["id"])) return false;
  const texts = typeof value["text"] === "string" && typeof value["at"] === "string";
  const quote = value["reply_to"];
  const isQuote = quote == null || (isObject(quote) && isPerson(quote["author"]) && typeof quote["text"] === "string");
  return texts && isQuote && isPerson(value["author"]) && Array.isArray(value["badges"]);
}

function isMode(value: unknown): boolean {
  return isObject(value) && typeof value["slow_s"] === "number";
}

const areMessages = (value: unknown) => Array.isArray(value) && value.every(isMessage);

/** Whether a message of the gateway has the fields of its type. */
function isComplete(message: JsonObject): boolean {
  switch (message["type"]) {
    case "welcome":
      return isMode(message["mode"]) && areMessages(message["messages"]);
    case "messages":
      return areMessages(message["messages"]);
    case "deleted":
      return Array.isArray(message["ids"]);
    case "mode":
      return isMode(message["mode"]);
    case "pinned":
      return message["message"] == null || isMessage(message["message"]);
    case "restricted":
      return message["until"] == null || typeof message["until"] === "string";
    case "refused":
      return typeof message["code"] === "string" && typeof message["detail"] === "string";
    case "people":
      return typeof message["people"] === "number";
    default:
      return false;
  }
}

/** Parses a message; null if it is not understood. A newer gateway may send messages that these pages do not know. */
export function parseChat(data: unknown): ToChatter | null {
  if (typeof data !== "string") return null;
  try {
    const message: unknown = JSON.parse(data);
    return isObject(message) && isComplete(message) ? (message as unknown as ToChatter) : null;
  } catch {
    return null;
  }
}

/** Compares the ids of two messages: negative if `a` is the older one. Ids are too large for numbers. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Merges received messages into a list that is in the order of the ids. A message that is in both is replaced by the
 * received one. Of more than `limit` messages, the newest stay.
 */
export function mergeMessages(
  known: readonly ChatMessage[],
  received: readonly ChatMessage[],
  limit = MAX_KEPT,
): readonly ChatMessage[] {
  const last = known.at(-1);
  const sorted = [...received].sort((a, b) => compareIds(a.id, b.id));
  const first = sorted[0];
  if (!first) return known;
  // The usual case: everything is new.
  if (!last || compareIds(first.id, last.id) > 0) return [...known, ...withoutDoubles(sorted)].slice(-limit);
  const all = new Map([...known, ...sorted].map((message) => [message.id, message]));
  return [...all.values()].sort((a, b) => compareIds(a.id, b.id)).slice(-limit);
}

function withoutDoubles(sorted: readonly ChatMessage[]): readonly ChatMessage[] {
  return sorted.filter((message, at) => message.id !== sorted[at + 1]?.id);
}

/**
 * The list after the gateway has sent its latest messages, of which it has no others in between: what is missing there
 * was deleted.
 */
export function withLatest(known: readonly ChatMessage[], latest: readonly ChatMessage[]): readonly ChatMessage[] {
  const first = latest[0];
  if (!first) return [];
  return mergeMessages(
    known.filter(({ id }) => compareIds(id, first.id) < 0),
    latest,
  );
}
