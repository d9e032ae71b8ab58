// What the gateway says about the chat of a stream, over HTTP and `WS /v1/streams/{id}/chat`. Times are RFC 3339, amounts
// decimal strings of planck.

import type { PersonRef } from "./auth-types";
import type { Change, Schemas } from "./schemas";

/** Why a person's name is marked: what the person is to the stream. */
export type ChatBadge = Schemas["ChatBadge"];
/** The message that another one answers: the beginning of its text. */
export type QuotedMessage = Schemas["QuotedMessage"];
/** A message. Its id is a whole number, larger than those of older ones. */
export type ChatMessage = Schemas["ChatMessage"];
/** Who may write, and how often. Creators and moderators always may. */
export type ChatMode = Schemas["ChatMode"];
/** What a person does to the chat. The socket and `POST …/chat/actions` take the same. */
export type ChatAction = Schemas["ChatAction"];

/** The gateway's first message on a socket. */
export interface ChatWelcome {
  readonly me: PersonRef | null;
  readonly mode: ChatMode;
  readonly pinned: ChatMessage | null;
  /** The latest messages, the oldest first. */
  readonly messages: readonly ChatMessage[];
  /** Whether the person is signed in and not restricted. The mode may still refuse a message. */
  readonly can_say: boolean;
  readonly can_moderate: boolean;
  /** End of the person's time-out; absent if there is none. */
  readonly restricted_until?: string | null;
  readonly is_banned: boolean;
  /** Number of people in the room. */
  readonly people: number;
}

/** Why the gateway has not done what was asked. */
export interface ChatRefusal {
  /** The message that was refused; absent for other actions. */
  readonly client_id?: string | null;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string | null;
  /** Seconds after which it can be tried again. */
  readonly retry_after_s?: number | null;
}

/** Messages of the gateway. */
export type ToChatter =
  | ({ readonly type: "welcome" } & ChatWelcome)
  | { readonly type: "messages"; readonly messages: readonly ChatMessage[] }
  | { readonly type: "deleted"; readonly ids: readonly string[] }
  | { readonly type: "mode"; readonly mode: ChatMode }
  | { readonly type: "pinned"; readonly message: ChatMessage | null }
  | { readonly type: "restricted"; readonly until: string | null; readonly is_banned: boolean }
  | ({ readonly type: "refused" } & ChatRefusal)
  | { readonly type: "people"; readonly people: number };

/** Who may write, words that no message may contain, and who moderates. A word with `*` at its end stands for a beginning. */
export type ChatSettings = Schemas["ChatSettings"];
/** A change of the settings. What is absent stays as it is. */
export type ChangeChatSettings = Change<Schemas["ChangeChatSettings"]>;
/** What was said during a part of a recording, and where the next request begins. The message there may be repeated. */
export type ChatReplay = Schemas["ChatReplay"];
/** A ban, or a time-out, which has an end. */
export type ChatBanView = Schemas["ChatBanView"];
