// The gateway layer: streams, sessions, receipts, earnings, publishing and video. `types.ts` and `video.ts` document what
// it offers.

export { admin } from "./admin";
export type * from "./admin-types";
export {
  type Access,
  access,
  auth,
  authorised,
  authorisedJson,
  ended,
  followTabs,
  refresh,
  setMe,
  signedIn,
  signInNote,
} from "./auth";
export type * from "./auth-types";
export { chat } from "./chat";
export { compareIds, mergeMessages } from "./chat-messages";
export { type ChatRoom, type PendingMessage, refusalError } from "./chat-socket";
export type * from "./chat-types";
export type * from "./comment-types";
export { comments, likes } from "./comments";
export { gateway } from "./gateway";
export { imageUrl } from "./images";
export { self } from "./me";
export { moderation } from "./moderation";
export type * from "./moderation-types";
export { NoticeFeed } from "./notice-feed";
export type * from "./notice-types";
export { notices } from "./notices";
export { openChat } from "./open-chat";
export { type LeaderQuery, people } from "./people";
export type * from "./people-types";
export { referenceOf } from "./reference";
export { search } from "./search";
export type * from "./search-types";
export { type SpendingPeriod, spending } from "./spending";
export type * from "./spending-types";
export { recordingSubject, streamSubject, subjectPath } from "./subjects";
export type * from "./types";
export type { RunningUpload, UploadOptions } from "./upload";
export type * from "./video";
export { video } from "./video-requests";
export type { Publishing, PublishOptions, PublishState } from "./whip";

/** Loads the part that uploads videos. */
export const loadUploads = () => import("./upload");

/** Loads the part that publishes from this browser. */
export const loadPublishing = () => import("./whip");
