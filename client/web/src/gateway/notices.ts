// The endpoints of notices: the list, settings, push subscriptions, the mail address.

import { authorised, authorisedJson } from "./auth";
import { requestJson, withQuery } from "./http";
import type { MailView, Notice, NoticeSettings, PushSubscriptionBody } from "./notice-types";
import type { Page, PageQuery } from "./types";

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

/** Every method needs a sign-in, those of the mail address one with the wallet, and rejects with a `GatewayError`. */
export const notices = {
  list: (query: PageQuery = {}, signal?: AbortSignal): Promise<Page<Notice>> =>
    authorisedJson(withQuery("/v1/me/notices", { ...query }), { signal }),
  /** Marks notices up to one as read. Resolves with the number of those that are unread. */
  read: async (upTo: number): Promise<number> => {
    const answer = await authorisedJson<{ count: number }>("/v1/me/notices/read", {
      method: "POST",
      ...json({ up_to: upTo }),
    });
    return answer.count;
  },
  settings: (signal?: AbortSignal): Promise<NoticeSettings> => authorisedJson("/v1/me/notices/settings", { signal }),
  set: (settings: NoticeSettings): Promise<NoticeSettings> =>
    authorisedJson("/v1/me/notices/settings", { method: "PUT", ...json(settings) }),
  /** The key with which browsers subscribe, in URL-safe base64. */
  pushKey: async (): Promise<string> => (await requestJson<{ key: string }>("/v1/push/key")).key,
  subscribe: async (subscription: PushSubscriptionBody): Promise<void> => {
    await authorised("/v1/me/push", { method: "PUT", ...json(subscription) });
  },
  unsubscribe: async (endpoint: string): Promise<void> => {
    await authorised("/v1/me/push", { method: "DELETE", ...json({ endpoint }) });
  },
  mail: (signal?: AbortSignal): Promise<MailView> => authorisedJson("/v1/me/mail", { signal }),
  setMail: (address: string): Promise<MailView> =>
    authorisedJson("/v1/me/mail", { method: "PUT", ...json({ address }) }),
  verifyMail: (code: string): Promise<MailView> =>
    authorisedJson("/v1/me/mail/verify", { method: "POST", ...json({ code }) }),
  removeMail: async (): Promise<void> => {
    await authorised("/v1/me/mail", { method: "DELETE" });
  },
};
