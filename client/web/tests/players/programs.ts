// Players that are programs: mpv, VLC and streamlink. They decode everything and show nothing.

import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "../support/ports";
import { end, run } from "../support/processes";
import { FRAMES_PER_SECOND, type Played, type Player, pause, programAt, versionIn } from "./player";

/** Time until the first picture: a session is opened for it. */
const START_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 5_000;
/** VLC refuses to run as root. */
const OTHER_USER = "nobody";

/** Runs `play` with a folder that is removed afterwards. */
async function inFolder<T>(play: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "vilokanam-player-"));
  try {
    return await play(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The times of the pictures that the filter `showinfo` has seen, in seconds. */
function timesIn(log: string): number[] {
  return [...log.matchAll(/showinfo\S* n: *\d+ pts: *\S+ pts_time:(\S+)/g)].map((found) => Number(found[1]));
}

/** Runs a program until `hasBegun`, and then for as many seconds as are to be played. `atEnd` is called before it ends. */
async function playFor(
  player: ChildProcess,
  hasBegun: () => Promise<boolean>,
  seconds: number,
  atEnd: () => Promise<void> = async () => undefined,
): Promise<void> {
  try {
    await until("the first picture", hasBegun, START_WITHIN_MS);
    await pause(seconds * 1000);
    await atEnd();
  } finally {
    await end(player);
  }
}

async function mpv(program: string): Promise<Player> {
  const { stdout } = await run(program, ["--version"]);
  const play = (url: string, seconds: number): Promise<Played> =>
    inFolder(async (folder) => {
      const log = join(folder, "log");
      const silent = ["--no-config", "--no-terminal", "--vo=null", "--ao=null"];
      // Every decoded picture goes through the filter, which logs it.
      const counted = ["--vf=lavfi=[showinfo]", `--log-file=${log}`, "--msg-level=all=v"];
      const player = spawn(program, [...silent, ...counted, url], { stdio: "ignore" });
      await playFor(player, async () => timesIn(await readFile(log, "utf8")).length > 0, seconds);
      const times = timesIn(await readFile(log, "utf8"));
      return { seconds: (times.at(-1) ?? 0) - (times[0] ?? 0), frames: times.length };
    });
  return { name: `mpv ${versionIn(stdout)}`, play };
}

/** VLC's remote control: answers to commands. */
class RemoteControl {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends a command, and reads until the answer has what is looked for. */
  ask(command: string, wanted: RegExp): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#port, "127.0.0.1", () => socket.write(`${command}\n`));
      let answer = "";
      const timer = setTimeout(() => socket.destroy(), ANSWER_WITHIN_MS);
      socket.on("data", (text) => {
        answer += text;
        if (wanted.test(answer)) socket.end();
      });
      socket.on("error", reject);
      socket.on("close", () => {
        clearTimeout(timer);
        resolve(wanted.exec(answer)?.[1] ?? null);
      });
    });
  }

  /** Number of pictures that were shown. */
  async frames(): Promise<number> {
    return Number((await this.ask("stats", /frames displayed\s*:\s*(\d+)\s/)) ?? 0);
  }
}

async function vlc(program: string): Promise<Player> {
  const isRoot = process.getuid?.() === 0;
  const [command, ...before] = isRoot ? ["runuser", "-u", OTHER_USER, "--", program] : [program];
  const { stdout } = await run(command, [...before, "--version"]);
  const play = (url: string, seconds: number): Promise<Played> =>
    inFolder(async (folder) => {
      if (isRoot) await chmod(folder, 0o777);
      const port = await freePort();
      const silent = ["--vout", "dummy", "--aout", "dummy", "--no-video-title-show"];
      const remote = ["-I", "oldrc", "--rc-fake-tty", `--rc-host=127.0.0.1:${port}`];
      const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder };
      const player = spawn(command, [...before, ...silent, ...remote, url], { stdio: "ignore", env });
      const control = new RemoteControl(port);
      let frames = 0;
      await playFor(
        player,
        async () => (await control.frames()) > 0,
        seconds,
        async () => {
          frames = await control.frames();
        },
      );
      // Its clock is that of the stream and begins anywhere.
      return { seconds: frames / FRAMES_PER_SECOND, frames };
    });
  return { name: `VLC ${versionIn(stdout)}`, play };
}

async function streamlink(program: string): Promise<Player> {
  const { stdout } = await run(program, ["--version"]);
  const play = (url: string, seconds: number): Promise<Played> =>
    inFolder(async (folder) => {
      const file = join(folder, "film.mp4");
      // Writes segments of as many seconds; whether they can be decoded, ffprobe says.
      await run(program, ["--hls-duration", String(seconds), "--output", file, url, "best"]);
      const what = ["-select_streams", "v:0", "-count_frames", "-show_entries", "stream=nb_read_frames,r_frame_rate"];
      const probed = await run("ffprobe", ["-v", "error", ...what, "-of", "json", file]);
      const { streams } = JSON.parse(probed.stdout) as {
        streams: { nb_read_frames: string; r_frame_rate: string }[];
      };
      const frames = Number(streams[0]?.nb_read_frames ?? 0);
      const [per, of] = (streams[0]?.r_frame_rate ?? "0/1").split("/").map(Number);
      return { seconds: (frames * (of ?? 1)) / (per || 1), frames };
    });
  return { name: `streamlink ${versionIn(stdout)}`, play };
}

/** The players that are installed, and the names of those that are not. */
export async function installedPrograms(): Promise<{ readonly players: Player[]; readonly missing: string[] }> {
  const [players, missing]: [Player[], string[]] = [[], []];
  for (const [name, make] of [
    ["mpv", mpv],
    ["cvlc", vlc],
    ["streamlink", streamlink],
  ] as const) {
    const program = process.env[`VILOKANAM_${name.toUpperCase()}`] ?? programAt(name);
    if (program) players.push(await make(program));
    else missing.push(name);
  }
  return { players, missing };
}
