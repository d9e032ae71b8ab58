// What the gateway says about reports, decisions and appeals. Times are RFC 3339.

import type { Schemas } from "./schemas";

/** `stream:7`, `recording:7:3`, `comment:12`, `message:9`, or `person:` and an account. */
export type ReportSubject = Schemas["ReportSubject"];
export type ReportReason = Schemas["ReportReason"];
export type DecisionAction = Schemas["DecisionAction"];
export type NewReport = Schemas["NewReport"];
/** A note of a moderator. */
export type NoteView = Schemas["NoteView"];
/** A decision, for moderators. */
export type DecisionView = Schemas["DecisionView"];
/** A report, for moderators. */
export type ReportView = Schemas["ReportView"];
export type NewDecision = Schemas["NewDecision"];
/** The appeal of the signed-in person. */
export type MyAppeal = Schemas["MyAppeal"];
/** A decision about something of the signed-in person. */
export type MyDecision = Schemas["MyDecision"];
/** The answer to an appeal. */
export type AnswerView = Schemas["AnswerView"];
/** An appeal, for moderators. */
export type AppealView = Schemas["AppealView"];
export type AppealAnswer = Schemas["AppealAnswer"];
/** Something that a moderator or administrator has done. */
export type AuditEntry = Schemas["AuditEntry"];
