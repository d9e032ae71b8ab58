// What the gateway says about notices. Times are RFC 3339.

import type { Schemas } from "./schemas";

export type NoticeKind = Schemas["NoticeKind"];
/** Something that the signed-in person is told of. Later notices have higher ids. */
export type Notice = Schemas["Notice"];
/** On which ways notices of a kind reach the person. */
export type NoticeWays = Schemas["NoticeWays"];
export type NoticeSettings = Schemas["NoticeSettings"];
/** The mail address of the signed-in person, and whether this gateway sends mail. */
export type MailView = Schemas["MailView"];
/** A push subscription, as browsers write it. */
export type PushSubscriptionBody = Schemas["PushSubscription"];
