// The words of moderation: subjects, reasons and decisions as the pages name them.

import { REASONS } from "../components/report-dialog";
import type { DecisionAction, ReportReason, ReportSubject } from "../gateway";

/** Where something that was reported can be looked at; null if it has no page of its own. */
export function subjectLink(subject: ReportSubject): string | null {
  const [kind, id = "", number = ""] = subject.split(":");
  if (kind === "stream" && id) return `/watch/${encodeURIComponent(id)}`;
  if (kind === "recording" && number)
    return `/watch/${encodeURIComponent(id)}/recordings/${encodeURIComponent(number)}`;
  return kind === "person" && id ? `/creators/${encodeURIComponent(id)}` : null;
}

const KINDS: Readonly<Record<string, string>> = {
  stream: "Stream",
  recording: "Recording",
  comment: "Comment",
  message: "Chat message",
  person: "Person",
};

/** What something is: `Stream 7`, `Comment 12`. */
export function subjectText(subject: ReportSubject): string {
  const [kind = "", ...rest] = subject.split(":");
  return kind === "person" ? "Person" : `${KINDS[kind] ?? kind} ${rest.join("/")}`;
}

export function reasonText(reason: ReportReason): string {
  return REASONS.find(({ value }) => value === reason)?.text ?? reason;
}

interface ActionText {
  /** The button. */
  readonly todo: string;
  /** What was done. */
  readonly done: string;
  /** What happens, in a sentence. */
  readonly effect: string;
}

const ACTIONS: Readonly<Record<DecisionAction, ActionText>> = {
  dismiss: { todo: "Dismiss", done: "Dismissed", effect: "Nothing is wrong with it. All reports of it are closed." },
  warn: { todo: "Warn", done: "Warned", effect: "Whom it concerns is warned, and reads the reason. It stays visible." },
  hide: { todo: "Hide", done: "Hidden", effect: "It is no longer listed, found or shown at this gateway." },
  cut_off: {
    todo: "Cut off",
    done: "Cut off",
    effect: "A broadcast of it ends at once, and it can no longer be published or seen at this gateway.",
  },
  ask_chain: {
    todo: "Ask the chain",
    done: "Chain asked",
    effect: "The moderators of the chain are asked to suspend the stream at every gateway.",
  },
};

export function actionText(action: DecisionAction): ActionText {
  return ACTIONS[action] ?? { todo: action, done: action, effect: "" };
}

/** The decisions that are possible about a subject: only streams and recordings are broadcast and on chain. */
export function actionsFor(subject: ReportSubject): readonly DecisionAction[] {
  const isVideo = subject.startsWith("stream:") || subject.startsWith("recording:");
  if (subject.startsWith("person:")) return ["dismiss", "warn", "hide", "cut_off"];
  return isVideo ? ["dismiss", "warn", "hide", "cut_off", "ask_chain"] : ["dismiss", "warn", "hide"];
}
