// The endpoints of chats, besides the socket.

import { authorised, authorisedJson, setMe } from "./auth";
import type { Me } from "./auth-types";
import type { ChangeChatSettings, ChatAction, ChatBanView, ChatMessage, ChatReplay, ChatSettings } from "./chat-types";
import { requestJson, withQuery } from "./http";
import type { Page, PageQuery } from "./types";

const part = encodeURIComponent;

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

const pathOf = (stream: string) => `/v1/streams/${part(stream)}/chat`;

/** Every function rejects with a `GatewayError` or an `AbortError`. */
export const chat = {
  /** The messages before one. */
  history: async (stream: string, before: string, limit: number): Promise<readonly ChatMessage[]> => {
    const page = await requestJson<Page<ChatMessage>>(withQuery(pathOf(stream), { before, limit }));
    return page.items;
  },
  /** What was said during a part of a recording, an unlisted one by its token as well: from `fromMs` on and before `toMs`. */
  replay: async (
    stream: string,
    reference: string,
    range: { readonly fromMs: number; readonly toMs: number; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<ChatReplay> => {
    const query = { from_ms: range.fromMs, to_ms: range.toMs, limit: range.limit };
    return requestJson(withQuery(`/v1/streams/${part(stream)}/recordings/${part(reference)}/chat`, query), { signal });
  },

  /** Sets the name under which the signed-in person writes. */
  rename: async (name: string): Promise<void> => {
    setMe(await authorisedJson<Me>("/v1/me", { method: "PUT", ...json({ name }) }));
  },

  // For the creator and the moderators.
  settings: (stream: string, signal?: AbortSignal): Promise<ChatSettings> =>
    authorisedJson(`${pathOf(stream)}/settings`, { signal }),
  change: (stream: string, change: ChangeChatSettings): Promise<ChatSettings> =>
    authorisedJson(`${pathOf(stream)}/settings`, { method: "PUT", ...json(change) }),
  appoint: async (stream: string, account: string): Promise<void> => {
    await authorised(`${pathOf(stream)}/moderators/${part(account)}`, { method: "PUT" });
  },
  dismiss: async (stream: string, account: string): Promise<void> => {
    await authorised(`${pathOf(stream)}/moderators/${part(account)}`, { method: "DELETE" });
  },
  /** Bans and time-outs that are in force, the latest first. */
  bans: (stream: string, query: PageQuery = {}, signal?: AbortSignal): Promise<Page<ChatBanView>> =>
    authorisedJson(withQuery(`${pathOf(stream)}/bans`, { ...query }), { signal }),
  act: async (stream: string, action: ChatAction): Promise<void> => {
    await authorised(`${pathOf(stream)}/actions`, { method: "POST", ...json(action) });
  },
};
