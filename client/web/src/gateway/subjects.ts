// Names of streams and recordings in requests and addresses about them.

import type { Subject } from "./people-types";

export function streamSubject(stream: string): Subject {
  return `stream:${stream}`;
}

export function recordingSubject(stream: string, number: number): Subject {
  return `recording:${stream}:${number}`;
}

/** Path of the page of a stream or recording. */
export function subjectPath(subject: Subject): string {
  const [kind, stream = "", number = ""] = subject.split(":");
  return kind === "recording" ? `/watch/${stream}/recordings/${number}` : `/watch/${stream}`;
}
