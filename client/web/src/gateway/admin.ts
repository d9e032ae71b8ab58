// The endpoints for administrators of the gateway.

import type {
  AdminStatus,
  BlockKind,
  BlockView,
  GrantedRole,
  Invitation,
  PublisherView,
  PublishingTerms,
  RoleView,
} from "./admin-types";
import { authorised, authorisedJson } from "./auth";

const part = encodeURIComponent;

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

const blockPath = (kind: BlockKind, value: string) => `/v1/admin/blocks/${kind}/${part(value)}`;
const rolePath = (account: string, role: GrantedRole) => `/v1/admin/people/${part(account)}/roles/${role}`;

/** Every function rejects with a `GatewayError` or an `AbortError`. */
export const admin = {
  status: (signal?: AbortSignal): Promise<AdminStatus> => authorisedJson("/v1/admin/status", { signal }),
  publishers: (signal?: AbortSignal): Promise<readonly PublisherView[]> =>
    authorisedJson("/v1/admin/publishers", { signal }),
  /** Ends a broadcast. The stream can no longer be published here, until that is lifted. */
  cutOff: async (stream: string, reason: string): Promise<void> => {
    await authorised(`/v1/admin/streams/${part(stream)}/cut-off`, { method: "POST", ...json({ reason }) });
  },
  liftCutOff: async (stream: string): Promise<void> => {
    await authorised(`/v1/admin/streams/${part(stream)}/cut-off`, { method: "DELETE" });
  },
  blocks: (signal?: AbortSignal): Promise<readonly BlockView[]> => authorisedJson("/v1/admin/blocks", { signal }),
  block: async (kind: BlockKind, value: string, note: string): Promise<void> => {
    await authorised(blockPath(kind, value), { method: "PUT", ...json({ note }) });
  },
  unblock: async (kind: BlockKind, value: string): Promise<void> => {
    await authorised(blockPath(kind, value), { method: "DELETE" });
  },
  people: (signal?: AbortSignal): Promise<readonly RoleView[]> => authorisedJson("/v1/admin/people", { signal }),
  grant: async (account: string, role: GrantedRole): Promise<void> => {
    await authorised(rolePath(account, role), { method: "PUT" });
  },
  withdraw: async (account: string, role: GrantedRole): Promise<void> => {
    await authorised(rolePath(account, role), { method: "DELETE" });
  },
  /** Makes a code with which one person becomes a creator. No other answer contains it. */
  invite: (): Promise<Invitation> => authorisedJson("/v1/admin/invitations", { method: "POST" }),
  terms: (signal?: AbortSignal): Promise<PublishingTerms> => authorisedJson("/v1/admin/terms", { signal }),
  setTerms: (terms: PublishingTerms): Promise<PublishingTerms> =>
    authorisedJson("/v1/admin/terms", { method: "PUT", ...json(terms) }),
};
