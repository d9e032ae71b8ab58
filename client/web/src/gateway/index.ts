// The gateway layer: streams, sessions, receipts, earnings, publishing and video. `types.ts` and `video.ts` document what
// it offers.

export { gateway } from "./gateway";
export { imageUrl } from "./images";
export { referenceOf } from "./reference";
export type * from "./types";
export type { RunningUpload, UploadOptions } from "./upload";
export type * from "./video";
export { video } from "./video-requests";
export type { Publishing, PublishOptions, PublishState } from "./whip";

/** Loads the part that uploads videos. */
export const loadUploads = () => import("./upload");

/** Loads the part that publishes from this browser. */
export const loadPublishing = () => import("./whip");
