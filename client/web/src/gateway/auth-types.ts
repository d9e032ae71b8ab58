// What the gateway says about the person who is signed in. Times are RFC 3339.

import type { Change, Schemas } from "./schemas";

/** How somebody has signed in: with the wallet, with a session key of this browser, or as the recipient of a gift. */
export type SignedBy = Schemas["SignedBy"];
/** Role at this gateway. */
export type Role = Schemas["Role"];
/** A person in the short form of chats, comments and lists. Pictures are hashes. */
export type PersonRef = Schemas["PersonRef"];
/** A person's profile. */
export type PersonView = Schemas["PersonView"];
export type MySettings = Schemas["MySettings"];
/** The person who is signed in. */
export type Me = Schemas["Me"];
/** A change of one's own profile. What is absent stays; an empty text removes a field. */
export type ChangeProfile = Change<Schemas["ChangeProfile"]>;
/** Who wants to sign in: an account, also with its session key, or the recipient of a gift with the key of that. */
export type NewChallenge = Schemas["NewChallenge"];
/** A message to sign within its time. */
export type Challenge = Schemas["Challenge"];
/** A signed challenge. */
export type SignedChallenge = Schemas["SignedChallenge"];
/** A new or renewed sign-in. Its refresh token is in a cookie. */
export type SignInAnswer = Schemas["SignInAnswer"];
/** A browser in which the person is signed in. */
export type SignInView = Schemas["SignInView"];
