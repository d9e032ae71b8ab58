// Keeps the gateway informed of how far a recording was watched, so that it continues there on any device.

import { useEffect } from "preact/hooks";
import { type Me, people, type Subject, signedIn, signInNote } from "../gateway";
import { ProgressBatch } from "./progress-batch";

/** Interval of the reports while a recording is played, in milliseconds. */
const REPORT_EVERY_MS = 10_000;
/** Part of a recording after which it counts as watched, and begins again. */
const WATCHED = 0.95;
/** Positions before this one begin again, in seconds. */
const BEGUN_S = 5;
/** Maximum time that the player waits for the position, in milliseconds. */
const RESUME_WITHIN_MS = 2_500;
const EVENTS = ["timeupdate", "pause", "ended"] as const;

const batch = new ProgressBatch(people.reportProgress);

const keepsHistory = (me: Me | null | undefined) => me?.settings.keep_history ?? false;

/** The position in seconds if a recording of this length continues there; null if it begins again. */
export function continuesAt(positionS: number | null, durationS: number): number | null {
  if (positionS === null || positionS < BEGUN_S || positionS > durationS * WATCHED) return null;
  return positionS;
}

/**
 * Where the signed-in person has stopped watching, in seconds; null if nobody is signed in or nothing is known in time.
 * Never fails.
 */
export async function resumePosition(subject: Subject): Promise<number | null> {
  if (signInNote() !== "in") return null;
  const known = await people.progress(subject, AbortSignal.timeout(RESUME_WITHIN_MS)).catch(() => null);
  return known && known.position_ms / 1_000;
}

/**
 * Reports the position of the video in `container` every ten seconds, when it is paused, and when the page is left.
 * Nothing is reported without a subject, without a sign-in, and of people who keep no history.
 */
export function useProgress(subject: Subject | null, container: HTMLElement | null): void {
  useEffect(() => {
    if (subject === null || container === null) return;
    let reportedAtMs = Date.now();
    const note = (event: Event) => {
      const video = event.target;
      if (!(video instanceof HTMLVideoElement) || video.played.length === 0) return;
      if (!keepsHistory(signedIn.peek())) return;
      batch.note(subject, video.currentTime, video.duration, new Date());
      if (event.type === "timeupdate" && Date.now() - reportedAtMs < REPORT_EVERY_MS) return;
      reportedAtMs = Date.now();
      void batch.flush();
    };
    const leave = () => void batch.flush(true);
    const hide = () => document.visibilityState === "hidden" && leave();
    // Events of media do not bubble.
    for (const type of EVENTS) container.addEventListener(type, note, true);
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", hide);
    return () => {
      for (const type of EVENTS) container.removeEventListener(type, note, true);
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", hide);
      leave();
    };
  }, [subject, container]);
}
