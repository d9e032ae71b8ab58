// Types for the light build of hls.js, which ships without any. It is the same library without features that these
// streams do not use: separate audio, subtitles and DRM.

declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
