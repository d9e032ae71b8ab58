// The gateway's problem documents (RFC 9457) as errors that can be shown to the user.

import { UserError } from "../common/errors";
import type { Problem } from "./types";

/** Codes of failures that the gateway did not report itself. */
export type LocalCode = "unreachable" | "timeout" | "bad-answer";

export class GatewayError extends UserError {
  override readonly name: string = "GatewayError";
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** Cumulative tick count that the next payment must reach, if ticks are missing. */
  readonly requiredTicks: number | null;
  /** The request's id in the gateway's log. */
  readonly requestId: string | null;

  constructor(problem: Pick<Problem, "code" | "status" | "detail"> & Partial<Problem>, options?: ErrorOptions) {
    super(problem.code, problem.detail, problem.hint ?? null, options);
    this.status = problem.status;
    this.requiredTicks = problem.required_ticks ?? null;
    this.requestId = problem.request_id ?? null;
  }

  /** Whether the same request may succeed later without anything being changed. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The error for a gateway that does not answer. */
export function unreachable(code: LocalCode, cause?: unknown): GatewayError {
  const detail = code === "timeout" ? "The gateway takes too long to answer." : "The gateway cannot be reached.";
  const hint = "Check your connection. The page keeps trying.";
  return new GatewayError({ code, status: 0, detail, hint }, { cause });
}

/** The error for an answer that cannot be understood. `what` says what is wrong with it. */
export function badAnswer(what: string): GatewayError {
  return new GatewayError({
    code: "bad-answer",
    status: 0,
    detail: `The gateway's answer cannot be understood: ${what}.`,
    hint: "Load the page again: it may be older than the gateway.",
  });
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  return "code" in value && typeof value.code === "string" && "detail" in value && typeof value.detail === "string";
}

/** Converts a problem document from a body or a WebSocket message; null if the value is not one. */
export function problemOf(value: unknown, status: number): GatewayError | null {
  return isProblem(value) ? new GatewayError({ ...value, status: value.status ?? status }) : null;
}

/** The problem in an unsuccessful answer. */
export async function problemIn(response: Response): Promise<GatewayError> {
  const body: unknown = await response.json().catch(() => null);
  const problem = problemOf(body, response.status);
  if (problem) return problem;
  const detail = `The gateway answered with status ${response.status}.`;
  const hint = response.status >= 500 ? "Try again in a few seconds." : "Load the page again.";
  return new GatewayError({ code: `status-${response.status}`, status: response.status, detail, hint });
}
