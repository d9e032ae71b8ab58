// Flags of the browser with which pages can use a camera and a microphone.

/** A camera and a microphone of Chromium's own, which need no permission, and connections to the machine itself. */
export const FAKE_DEVICES = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--allow-loopback-in-peer-connection",
] as const;
