// What the gateway says about a person's money: spending, tips, receipts and statements. Amounts are decimal strings of
// planck, times are RFC 3339.

import type { Query, Schemas } from "./schemas";

export type SpendingBy = NonNullable<Query<"/v1/me/spending">["by"]>;
/** What was spent in a day or month, or for a creator. */
export type SpendingBucket = Schemas["SpendingBucket"];
/** Days or months in order of time, or creators in order of what they received. */
export type Spending = Schemas["Spending"];

/** A period, and the time zone that decides where its days begin. */
export interface SpendingQuery {
  readonly by: SpendingBy;
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** IANA name of the time zone. */
  readonly tz: string;
}

export type TipDirection = NonNullable<Query<"/v1/me/tips">["direction"]>;
export type TipView = Schemas["TipView"];
/** A settlement of one of the person's sessions. */
export type PersonReceipt = Schemas["PersonReceipt"];
/** What a creator has earned on a day. The sum in a currency is absent if the gateway's operator has configured none. */
export type StatementDay = Schemas["StatementDay"];
export type Statement = Schemas["Statement"];
