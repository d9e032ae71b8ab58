// Ending processes with their descendants.

import { type ChildProcess, execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Time that a process has to end by itself, in milliseconds. A platform would first settle everything, which these
 * tests do not need.
 */
const END_WITHIN_MS = 4_000;

export const run = promisify(execFile);

/** A process and its descendants. */
async function familyOf(pid: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-eo", "pid=,ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const parent of family) {
    for (const [child, its] of pairs) if (its === parent && child !== undefined) family.push(child);
  }
  return family;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has ended by itself.
  }
}

/** Ends a process with its descendants: interrupts it first, and kills what is left after {@link END_WITHIN_MS}. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const family = await familyOf(child.pid);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  signal(child.pid, "SIGINT");
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, END_WITHIN_MS));
  await Promise.race([gone, timeout]);
  // Including processes that were started since, and those whose parent has ended.
  for (const pid of new Set([...family, ...(await familyOf(child.pid))])) signal(pid, "SIGKILL");
  await gone;
}
