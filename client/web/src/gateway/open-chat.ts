// Chats with the sign-in of this browser.

import { access } from "./auth";
import { chat } from "./chat";
import { type ChatRoom, ChatSocket } from "./chat-socket";
import type { ChatRefusal } from "./chat-types";

/** Enters the chat of a stream. `onRefused` takes refusals of what is not a message. */
export function openChat(stream: string, onRefused: (refusal: ChatRefusal) => void): ChatRoom {
  const history = (before: string, limit: number) => chat.history(stream, before, limit);
  return new ChatSocket(stream, { token: access, history }, onRefused);
}
