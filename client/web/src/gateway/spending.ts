// The endpoints about a person's money: spending, tips, receipts and statements.

import { authorised, authorisedJson } from "./auth";
import { withQuery } from "./http";
import type { PersonReceipt, Spending, SpendingQuery, Statement, TipDirection, TipView } from "./spending-types";
import type { Page, PageQuery } from "./types";

/** Time for a table of a long period, in milliseconds. */
const LONG_MS = 60_000;

/** A month of a statement, and the time zone that decides where it begins. */
export interface SpendingPeriod {
  /** `2026-11`. */
  readonly month: string;
  /** IANA name of the time zone. */
  readonly tz: string;
}

/** Every function needs a sign-in, and rejects with a `GatewayError` or an `AbortError`. */
export const spending = {
  of: (query: SpendingQuery, signal?: AbortSignal): Promise<Spending> =>
    authorisedJson(withQuery("/v1/me/spending", { ...query }), { signal }),
  /** The same as CSV. */
  csv: (query: SpendingQuery): Promise<Response> =>
    authorised(withQuery("/v1/me/spending.csv", { ...query }), { timeoutMs: LONG_MS }),
  tips: (direction: TipDirection, query: PageQuery = {}, signal?: AbortSignal): Promise<Page<TipView>> =>
    authorisedJson(withQuery("/v1/me/tips", { direction, ...query }), { signal }),
  /** The settlements of all sessions, the newest first. */
  receipts: (query: PageQuery = {}, signal?: AbortSignal): Promise<Page<PersonReceipt>> =>
    authorisedJson(withQuery("/v1/me/receipts", { ...query }), { signal }),
  /** What a creator has earned in a month. */
  statement: (period: SpendingPeriod, signal?: AbortSignal): Promise<Statement> =>
    authorisedJson(withQuery("/v1/me/statement", { ...period }), { signal }),
  /** The same as CSV. */
  statementCsv: (period: SpendingPeriod): Promise<Response> =>
    authorised(withQuery("/v1/me/statement.csv", { ...period }), { timeoutMs: LONG_MS }),
};
