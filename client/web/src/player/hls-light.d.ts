// The light build of hls.js has no types of its own. It is the same library without what these streams do not have:
// separate audio, subtitles, DRM.

declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
