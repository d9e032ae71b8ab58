// What this browser keeps between visits, in IndexedDB: session keys, seeds of tick chains, sessions with the ticks
// revealed in each, the nonces used, gifts that were received, and links of gifts that were given. One database, opened
// once per context (page or worker).

import { type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { fromHex } from "../common/bytes";
import { UserError } from "../common/errors";
import { encodeAddress } from "../common/ss58";

const NAME = "vilokanam";
const VERSION = 3;
const STORES = ["keys", "seeds", "sessions", "nonces", "gifts", "links"] as const;

export type StoreName = (typeof STORES)[number];

function storageError(cause: unknown): UserError {
  return new UserError(
    "storage",
    "The browser does not let this page keep the session's data.",
    "Allow the site to store data (private windows may forbid it), free some disk space, and load the page again.",
    { cause },
  );
}

/**
 * A session as older versions kept it. In version 1, the highest revealed tick was called `revealed`. Until version 2,
 * a viewer had one session key, so it was not stored with the session.
 */
interface OldSession {
  readonly genesis?: string;
  readonly viewer?: string;
  readonly ticket?: string;
  readonly revealed?: number;
  readonly revealedTicks?: number;
}

/** Address of the session key that this browser had for a viewer; null if it had none. */
async function oldKeyOf(transaction: Upgrade, { genesis, viewer }: OldSession): Promise<string | null> {
  const key: { readonly account?: string } | undefined = await transaction
    .objectStore("keys")
    .get(`${genesis}/${viewer}`);
  const account = fromHex(key?.account ?? "", 32);
  return account && encodeAddress(account);
}

type Upgrade = IDBPTransaction<unknown, string[], "versionchange">;

/**
 * Adds the session key to sessions of older versions, which continue to the end. A ticket that was never answered is
 * removed: its format is not accepted any more. Nonces start again, since each session key has its own.
 */
async function upgradeSessions(transaction: Upgrade): Promise<void> {
  const sessions = transaction.objectStore("sessions");
  for await (const cursor of sessions) {
    const old: OldSession = cursor.value;
    const { revealed, ...session } = old;
    const sessionKey = await oldKeyOf(transaction, old);
    if (sessionKey === null || old.ticket !== undefined) await cursor.delete();
    else await cursor.update({ ...session, sessionKey, revealedTicks: old.revealedTicks ?? revealed ?? 0 });
  }
  await transaction.objectStore("nonces").clear();
}

function open(): Promise<IDBPDatabase> {
  return openDB(NAME, VERSION, {
    async upgrade(db, oldVersion, _newVersion, transaction) {
      for (const store of STORES) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
      if (oldVersion > 0) await upgradeSessions(transaction);
    },
    // Another tab has a newer version of the pages: make way for it, and open again when next needed.
    blocking() {
      void opened?.then((db) => db.close());
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
}

let opened: Promise<IDBPDatabase> | null = null;

async function database(): Promise<IDBPDatabase> {
  opened ??= open();
  try {
    return await opened;
  } catch (error) {
    opened = null;
    throw error;
  }
}

/** Does something with the database. Whatever fails in it becomes a {@link UserError}. */
async function withDatabase<T>(work: (db: IDBPDatabase) => Promise<T>): Promise<T> {
  try {
    return await work(await database());
  } catch (error) {
    throw storageError(error);
  }
}

/** Reads one entry; null if there is none. The caller states the type: only this folder and `pay` write the stores. */
export function read<T>(store: StoreName, key: string): Promise<T | null> {
  return withDatabase(async (db) => {
    const value: T | undefined = await db.get(store, key);
    return value ?? null;
  });
}

/** Reads all entries of a store. Each store is small: its writers bound it. */
export function readAll<T>(store: StoreName): Promise<T[]> {
  return withDatabase((db) => db.getAll(store));
}

/**
 * Changes one entry in one transaction, so that no other tab can change it in between. `update` receives the present
 * value (null if there is none) and returns the new one (null removes the entry). Resolves with the new value when it
 * is durable.
 */
export function change<T>(store: StoreName, key: string, update: (before: T | null) => T | null): Promise<T | null> {
  return withDatabase(async (db) => {
    const transaction = db.transaction(store, "readwrite", { durability: "strict" });
    const apply = async () => {
      const before: T | undefined = await transaction.store.get(key);
      const after = update(before ?? null);
      await (after === null ? transaction.store.delete(key) : transaction.store.put(after, key));
      return after;
    };
    const [after] = await Promise.all([apply(), transaction.done]);
    return after;
  });
}
