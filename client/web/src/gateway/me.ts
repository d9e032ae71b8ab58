// The endpoints about the person who is signed in: profile, settings, personal data.

import { authorised, authorisedJson, ended, setMe } from "./auth";
import type { ChangeProfile, Me } from "./auth-types";

/** Time for a file with everything about a person, in milliseconds. */
const EXPORT_MS = 120_000;

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

/** Every method needs a sign-in, and rejects with a `GatewayError` or an `AbortError`. */
export const self = {
  /** Asks again who is signed in, for instance after a role was given. */
  reload: async (): Promise<Me> => kept(await authorisedJson<Me>("/v1/me")),
  change: async (change: ChangeProfile): Promise<Me> =>
    kept(await authorisedJson<Me>("/v1/me", { method: "PUT", ...json(change) })),
  /** Everything that the gateway keeps of the person, as JSON. Needs a sign-in with the wallet. */
  export: (): Promise<Response> => authorised("/v1/me/export", { timeoutMs: EXPORT_MS }),
  /** Deletes everything that the gateway keeps of the person. Needs a sign-in with the wallet. */
  delete: async (confirm: string): Promise<void> => {
    await authorised("/v1/me", { method: "DELETE", ...json({ confirm }) });
    ended();
  },
  /** Becomes a creator at this gateway. */
  redeem: async (code: string): Promise<void> => {
    await authorised("/v1/me/invitation", { method: "POST", ...json({ code }) });
    await self.reload();
  },
};

function kept(me: Me): Me {
  setMe(me);
  return me;
}
