// Who is signed in, and signing in when something needs it: first in the ways that need no prompt, then by asking the person.

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { chain } from "../chain/chain";
import { wallet } from "../chain/wallet";
import { abortError } from "../common/errors";
import { access, auth, followTabs, signedIn, signInNote } from "../gateway/auth";
import type { Me } from "../gateway/auth-types";
import { GatewayError } from "../gateway/problem";
import { signInAsGuest, signInBySessionKey } from "./without-prompt";

/** Who is signed in; null if nobody is, undefined until that is known. */
export const me: ReadonlySignal<Me | null | undefined> = signedIn;

export const isSignedIn: ReadonlySignal<boolean> = computed(() => me.value != null);

/** What a sign-in is needed for. */
export interface SignInNeed {
  /** Sentence that tells the person why. */
  readonly reason?: string;
  /** The wallet itself has to sign: creators' rights, and everything about personal data. */
  readonly by?: "wallet";
}

/** A need that waits for the person to sign in. */
export interface SignInQuestion extends SignInNeed {
  answer(me: Me): void;
  cancel(): void;
}

const asked = signal<SignInQuestion | null>(null);

/** The need that the page has to ask the person about. */
export const signInQuestion: ReadonlySignal<SignInQuestion | null> = asked;

/** Whether somebody is signed in as the chosen account, in the way that is needed. */
export function isEnough(who: Me | null | undefined, { by }: SignInNeed): who is Me {
  if (!who) return false;
  const chosen = wallet.account.peek()?.address;
  return (chosen === undefined || who.account === chosen) && (by !== "wallet" || who.by === "wallet");
}

/**
 * Signs in without asking anybody: with the cookie, with this browser's session key, or, if no account is chosen, as the
 * guest of a gift. Resolves with null if none of them is enough.
 *
 * @throws GatewayError if the gateway does not answer.
 */
export async function signInQuietly(need: SignInNeed = {}): Promise<Me | null> {
  await access();
  if (isEnough(me.peek(), need)) return me.peek() ?? null;
  if (need.by === "wallet") return null;
  const chosen = wallet.account.peek()?.address;
  const who = chosen === undefined ? await signInAsGuest() : await signInBySessionKey(chosen);
  return isEnough(who, need) ? who : null;
}

let asking: Promise<Me> | null = null;

/** Asks the person to sign in. Rejects with an `AbortError` if the person does not want to. */
function ask(need: SignInNeed): Promise<Me> {
  return new Promise<Me>((resolve, reject) => {
    asked.value = { ...need, answer: resolve, cancel: () => reject(abortError()) };
  }).finally(() => {
    asked.value = null;
  });
}

/**
 * Resolves once somebody is signed in as needed. Asks the person if necessary, so call it after a press only. Rejects with
 * an `AbortError`, which is not shown, if the person does not want to sign in.
 *
 * @throws UserError if signing in fails.
 */
export async function ensureSignedIn(need: SignInNeed = {}): Promise<Me> {
  const known = await signInQuietly(need);
  if (known) return known;
  // The answer to another question may be enough for this one.
  const before = await asking?.catch(() => null);
  if (isEnough(before, need)) return before;
  asking = ask(need).finally(() => {
    asking = null;
  });
  return asking;
}

/** Signs out, in all tabs of this browser. */
export async function signOut(): Promise<void> {
  await auth.signOut();
}

/** Signs in quietly, unless somebody has signed out. Nobody has asked for it, so its failure is not shown. */
async function tryQuietly(): Promise<void> {
  try {
    await access();
    if (signInNote() !== "out") await signInQuietly();
  } catch (error) {
    ignoreGateway(error);
  }
}

/** Ignores that the gateway does not answer. Any other error is a bug. */
function ignoreGateway(error: unknown): void {
  if (!(error instanceof GatewayError)) throw error;
}

/** Ends the sign-in of the account that was chosen before, and signs in as the new one if that needs no prompt. */
async function change(to: string): Promise<void> {
  const before = me.peek();
  if (before && before.account !== to) await auth.signOut(null).catch(() => undefined);
  await signInQuietly().catch(ignoreGateway);
}

/**
 * Begins to know who is signed in. A sign-in follows the account that is chosen in this tab. Who has signed out is not
 * signed in again by itself.
 */
export async function startAccount(): Promise<void> {
  followTabs();
  let chosen = wallet.account.peek()?.address;
  effect(() => {
    const now = wallet.account.value?.address;
    if (now === chosen) return;
    chosen = now;
    if (now !== undefined) untracked(() => void change(now));
  });
  const keys = computed(() => chain.money.value?.deposit?.keys.map(({ address }) => address).join());
  effect(() => {
    // This browser may have become one of the account's devices.
    if (keys.value && me.peek() === null) untracked(() => void tryQuietly());
  });
  await tryQuietly();
}
