// Publishes pictures with a clock in them by RTMP, as an encoder would.

import { type ChildProcess, spawn } from "node:child_process";
import { CLOCK_HEIGHT, drawClock, PICTURE } from "./clock";

const FRAMES_PER_SECOND = 30;
/** Seconds between keyframes. */
const KEYFRAME_EVERY_S = 2;
const BITS_PER_SECOND = "1500k";
const OUTPUT = ["-f", "flv", "-flvflags", "no_duration_filesize"];

/** A publisher. */
export interface Publisher {
  readonly ffmpeg: ChildProcess;
  stop(): void;
}

/** A picture with movement below the clock, so that it takes bits. */
function draw(picture: Uint8Array, number: number, timeMs: number): void {
  for (let y = CLOCK_HEIGHT; y < PICTURE.height; y++) {
    const shade = 40 + ((y * 2 + number * 3) % 160);
    picture.fill(shade, y * PICTURE.width, (y + 1) * PICTURE.width);
  }
  const left = (number * 5) % (PICTURE.width - 60);
  for (let y = 200; y < 260; y++) picture.fill(220, y * PICTURE.width + left, y * PICTURE.width + left + 60);
  drawClock(picture, timeMs);
}

/** Starts publishing to an RTMP server. */
export function startClock(url: string): Publisher {
  const picture = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", `${PICTURE.width}x${PICTURE.height}`];
  const tone = ["-re", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"];
  const gop = String(KEYFRAME_EVERY_S * FRAMES_PER_SECOND);
  const video = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", gop, "-keyint_min", gop];
  const coding = [...video, "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-b:v", BITS_PER_SECOND, "-c:a", "aac"];
  const input = [...picture, "-r", String(FRAMES_PER_SECOND), "-i", "pipe:0", ...tone];
  const args = ["-loglevel", "error", "-fflags", "nobuffer", ...input, "-map", "0:v", "-map", "1:a", ...coding];
  const ffmpeg = spawn("ffmpeg", [...args, "-flush_packets", "1", ...OUTPUT, url], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  // An ffmpeg that ends closes the pipe, which its exit code explains.
  ffmpeg.stdin.on("error", () => undefined);
  const buffer = new Uint8Array(PICTURE.width * PICTURE.height);
  const startMs = Date.now();
  let number = 0;
  const timer = setInterval(() => {
    // As many frames as the time asks for; a picture that would wait in the pipe would be old when it is sent.
    const due = Math.floor(((Date.now() - startMs) * FRAMES_PER_SECOND) / 1000);
    for (; number < due; number++) {
      if (ffmpeg.stdin.writableLength > 2 * buffer.length) continue;
      draw(buffer, number, Date.now());
      ffmpeg.stdin.write(Uint8Array.from(buffer));
    }
  }, 4);
  const stop = () => {
    clearInterval(timer);
    ffmpeg.stdin.end();
    ffmpeg.kill("SIGTERM");
  };
  return { ffmpeg, stop };
}
