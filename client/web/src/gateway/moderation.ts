// The endpoints of reports and of what becomes of them. Every request needs a sign-in.

import { authorised, authorisedJson } from "./auth";
import { withQuery } from "./http";
import type {
  AppealAnswer,
  AppealView,
  AuditEntry,
  DecisionView,
  MyDecision,
  NewDecision,
  NewReport,
  ReportView,
} from "./moderation-types";
import type { Page } from "./types";

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

/** A part of a list of reports or appeals. */
export interface QueueQuery {
  readonly state: "open" | "closed";
  readonly cursor?: string | undefined;
}

/** Every function rejects with a `GatewayError` or an `AbortError`. */
export const moderation = {
  report: async (report: NewReport): Promise<void> => {
    await authorised("/v1/reports", { method: "POST", ...json(report) });
  },
  /** Decisions about what belongs to the signed-in person. */
  myDecisions: (signal?: AbortSignal): Promise<readonly MyDecision[]> => authorisedJson("/v1/me/decisions", { signal }),
  appeal: async (decision: number, text: string): Promise<void> => {
    await authorised(`/v1/decisions/${decision}/appeal`, { method: "POST", ...json({ text }) });
  },

  // For moderators.
  reports: (query: QueueQuery, signal?: AbortSignal): Promise<Page<ReportView>> =>
    authorisedJson(withQuery("/v1/moderation/reports", { ...query }), { signal }),
  note: async (report: number, text: string): Promise<void> => {
    await authorised(`/v1/moderation/reports/${report}/notes`, { method: "POST", ...json({ text }) });
  },
  /** Closes all reports on the same subject. */
  decide: (report: number, decision: NewDecision): Promise<DecisionView> =>
    authorisedJson(`/v1/moderation/reports/${report}/decision`, { method: "POST", ...json(decision) }),
  appeals: (query: QueueQuery, signal?: AbortSignal): Promise<Page<AppealView>> =>
    authorisedJson(withQuery("/v1/moderation/appeals", { ...query }), { signal }),
  answer: async (appeal: number, answer: AppealAnswer): Promise<void> => {
    await authorised(`/v1/moderation/appeals/${appeal}`, { method: "POST", ...json(answer) });
  },
  audit: (cursor?: string, signal?: AbortSignal): Promise<Page<AuditEntry>> =>
    authorisedJson(withQuery("/v1/moderation/audit", { cursor }), { signal }),
};
