// What this browser keeps between visits, in IndexedDB: session keys, the seeds of tick chains, and how far each session
// has been paid. One database, opened once a context (page or worker).

import { WordedError } from "../common/errors";

const NAME = "vilokanam";
const VERSION = 1;
const STORES = ["keys", "seeds", "sessions", "nonces"] as const;

export type StoreName = (typeof STORES)[number];

function storageError(cause: unknown): WordedError {
  return new WordedError(
    "storage",
    "The browser does not let this page keep the session's data.",
    "Allow the site to store data (private windows may forbid it), free some disk space, and load the page again.",
    { cause },
  );
}

/** The answer of a request. */
function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(storageError(request.error));
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let request: IDBOpenDBRequest;
    try {
      request = indexedDB.open(NAME, VERSION);
    } catch (error) {
      reject(storageError(error));
      return;
    }
    request.onupgradeneeded = () => {
      for (const store of STORES) {
        if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
      }
    };
    request.onerror = () => reject(storageError(request.error));
    request.onsuccess = () => resolve(request.result);
  });
}

let opened: Promise<IDBDatabase> | null = null;

async function database(): Promise<IDBDatabase> {
  opened ??= open().then((db) => {
    const forget = () => {
      opened = null;
    };
    // Another tab has a newer version of the pages: let it go on, and open anew when next needed.
    db.onversionchange = () => {
      db.close();
      forget();
    };
    db.onclose = forget;
    return db;
  });
  try {
    return await opened;
  } catch (error) {
    opened = null;
    throw error;
  }
}

/** Reads one entry. The caller states its type: the stores are written only by this folder and `pay`. */
export async function read<T>(store: StoreName, key: string): Promise<T | null> {
  const db = await database();
  const value: T | undefined = await settled(db.transaction(store).objectStore(store).get(key));
  return value ?? null;
}

/** Reads all entries of a store; the stores are small by their own limits. */
export async function readAll<T>(store: StoreName): Promise<T[]> {
  const db = await database();
  return settled(db.transaction(store).objectStore(store).getAll());
}

/**
 * Changes one entry in one transaction: no other tab comes in between. `change` gets what is there (null if nothing) and
 * answers what is to be there (null to remove it). Resolves when it is durable.
 */
export async function change<T>(store: StoreName, key: string, how: (before: T | null) => T | null): Promise<T | null> {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, "readwrite", { durability: "strict" });
    const entries = transaction.objectStore(store);
    let after: T | null = null;
    transaction.oncomplete = () => resolve(after);
    transaction.onabort = () => reject(storageError(transaction.error));
    const request: IDBRequest<T | undefined> = entries.get(key);
    request.onsuccess = () => {
      after = how(request.result ?? null);
      if (after === null) entries.delete(key);
      else entries.put(after, key);
    };
  });
}
