// What a gateway answers when it cannot do what was asked (RFC 9457), as an error in words.

import { WordedError } from "../common/errors";
import type { Problem } from "./types";

/** Codes of our own, for what no gateway says. */
export type LocalCode = "unreachable" | "timeout" | "bad-answer";

export class GatewayError extends WordedError {
  override readonly name: string = "GatewayError";
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The tick count that the next claim must reach, when ticks are due. */
  readonly ticksDue: number | null;
  /** The request's id, as in the gateway's log. */
  readonly requestId: string | null;

  constructor(problem: Pick<Problem, "code" | "status" | "detail"> & Partial<Problem>, options?: ErrorOptions) {
    super(problem.code, problem.detail, problem.mend ?? null, options);
    this.status = problem.status;
    this.ticksDue = problem.ticks_due ?? null;
    this.requestId = problem.request_id ?? null;
  }

  /** Whether asking again later may help without anybody doing anything. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The gateway did not answer. */
export function unreachable(code: LocalCode, cause?: unknown): GatewayError {
  const detail = code === "timeout" ? "The gateway takes too long to answer." : "The gateway cannot be reached.";
  const mend = "Check your connection; it is tried again.";
  return new GatewayError({ code, status: 0, detail, mend }, { cause });
}

/** The gateway's answer makes no sense. */
export function badAnswer(what: string): GatewayError {
  const mend = "Load the page again: the pages may be older than the gateway.";
  return new GatewayError({
    code: "bad-answer",
    status: 0,
    detail: `The gateway's answer is not understood: ${what}.`,
    mend,
  });
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  return "code" in value && typeof value.code === "string" && "detail" in value && typeof value.detail === "string";
}

/** A problem that came as JSON, over the WebSocket or in a body; null when it is none. */
export function problemOf(value: unknown, status: number): GatewayError | null {
  return isProblem(value) ? new GatewayError({ ...value, status: value.status ?? status }) : null;
}

/** The problem in an answer. */
export async function problemIn(response: Response): Promise<GatewayError> {
  const body: unknown = await response.json().catch(() => null);
  const told = problemOf(body, response.status);
  if (told) return told;
  const detail = `The gateway answered with status ${response.status}.`;
  const mend = response.status >= 500 ? "Try again in a few seconds." : "Load the page again.";
  return new GatewayError({ code: `status-${response.status}`, status: response.status, detail, mend });
}
