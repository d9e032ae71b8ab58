// Ending what a test has started, with all that it has started in turn.

import { type ChildProcess, execFile } from "node:child_process";
import { promisify } from "node:util";

/** What does not end by itself within this is ended for it: a platform at its end settles everything first, which nobody
 * here waits for. */
const END_WITHIN_MS = 4_000;

export const run = promisify(execFile);

/** A process and everything that it has started, by the system's own table. */
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
    // It has gone by itself.
  }
}

/** Ends a process: asks it first, for it ends its own children in order; what is left when time is up is ended for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const family = await familyOf(child.pid);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  signal(child.pid, "SIGINT");
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, END_WITHIN_MS));
  await Promise.race([gone, timeout]);
  // What it has started since, and what has lost its parent.
  for (const pid of new Set([...family, ...(await familyOf(child.pid))])) signal(pid, "SIGKILL");
  await gone;
}
