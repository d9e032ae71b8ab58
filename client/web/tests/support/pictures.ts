// Moving pictures with sound, made by ffmpeg: small and slow ones, for what is tried here is paying, not transcoding, and
// test machines have little to spare.

import { type ChildProcess, spawn } from "node:child_process";
import { run } from "./processes";

const PICTURE = "size=320x180:rate=15";
const ENCODING = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30", "-pix_fmt", "yuv420p"];
const SOUND = ["-c:a", "aac", "-b:a", "64k"];
const CLIP_S = 20;

/** Writes a clip to a file. */
export async function makeClip(file: string): Promise<void> {
  const picture = ["-f", "lavfi", "-i", `testsrc2=${PICTURE}`];
  const tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
  await run("ffmpeg", ["-loglevel", "error", ...picture, ...tone, ...ENCODING, ...SOUND, "-t", String(CLIP_S), file]);
}

/** Moving colours with a tone, sent as an encoder would send them. */
export function startPublisher(rtmpUrl: string, streamKey: string): ChildProcess {
  // Each input at its own pace: sound that runs ahead of its picture is not what encoders send.
  const colours = `gradients=${PICTURE}:speed=0.03:c0=0xffb52e:c1=0x5b2a86:c2=0x14213d:n=3`;
  const picture = ["-re", "-f", "lavfi", "-i", colours];
  const tone = ["-re", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"];
  const args = ["-loglevel", "error", ...picture, ...tone, ...ENCODING, ...SOUND, "-f", "flv"];
  return spawn("ffmpeg", [...args, `${rtmpUrl}/${streamKey}`], { stdio: "ignore" });
}
