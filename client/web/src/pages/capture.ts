// Camera and microphone of this device.

import { UserError } from "../common/errors";

/** The picture that is asked for. The browser chooses the nearest one that the camera can make. */
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } as const;
/** Sound as in a call: viewers often use loudspeakers, and so may the creator. */
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true } as const;

/** What is published; null: none. */
export interface Devices {
  /** Id of the camera; empty: the usual one. */
  readonly camera: string | null;
  readonly microphone: string | null;
}

/** The constraints for the chosen devices. */
export function constraintsOf({ camera, microphone }: Devices): MediaStreamConstraints {
  const exact = (id: string) => (id === "" ? {} : { deviceId: { exact: id } });
  return {
    video: camera === null ? false : { ...PICTURE, ...exact(camera) },
    audio: microphone === null ? false : { ...SOUND, ...exact(microphone) },
  };
}

/** The error for a device that cannot be used. */
export function captureError(error: unknown): UserError {
  const name = error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return new UserError(
        "capture-denied",
        "This browser may not use the camera and the microphone here.",
        "Allow both in the settings of this site, beside the address bar, and try again.",
        { cause: error },
      );
    case "NotFoundError":
    case "OverconstrainedError":
      return new UserError(
        "capture-missing",
        "This camera or microphone is not there.",
        "Connect it, or choose another one.",
        {
          cause: error,
        },
      );
    case "NotReadableError":
    case "AbortError":
      return new UserError(
        "capture-busy",
        "The camera or the microphone could not be started.",
        "Another program may be using it. Close that, and try again.",
        { cause: error },
      );
    default:
      return new UserError("capture", "This browser cannot record here.", "Try another browser, or publish with OBS.", {
        cause: error,
      });
  }
}

/** Starts the devices. */
export async function capture(devices: Devices): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(constraintsOf(devices));
  } catch (error) {
    throw captureError(error);
  }
}

export function stopTracks(media: MediaStream | null): void {
  for (const track of media?.getTracks() ?? []) track.stop();
}

/** A device in a list. Browsers give names only after the user has allowed one. */
export interface Device {
  readonly id: string;
  readonly name: string;
}

export async function listDevices(): Promise<{
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
}> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const of = (kind: MediaDeviceKind, name: string) =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== "")
      .map(({ deviceId, label }, at) => ({ id: deviceId, name: label || `${name} ${at + 1}` }));
  return { cameras: of("videoinput", "Camera"), microphones: of("audioinput", "Microphone") };
}
