// The Web Worker around the keeper: takes messages, answers each.

import { reasonOf, worded } from "../common/errors";
import { TickKeeper } from "./keeper";
import type { FromWorker, ToWorker } from "./messages";

declare const self: DedicatedWorkerGlobalScope;

const keeper = new TickKeeper();

function work(message: ToWorker): Promise<Uint8Array | null> {
  switch (message.do) {
    case "make":
      return keeper.make(message.session, message.length);
    case "proof":
      return keeper.proof(message.session, message.tick);
    case "forget":
      return keeper.forget(message.session).then(() => null);
  }
}

async function answer(message: ToWorker): Promise<FromWorker> {
  try {
    return { id: message.id, bytes: await work(message) };
  } catch (error) {
    const { code, message: what, mend } = worded(error, "ticks", reasonOf(error), "Load the page again.");
    return { id: message.id, code, what, mend };
  }
}

self.onmessage = (event: MessageEvent<ToWorker>) => {
  void answer(event.data).then((reply) => self.postMessage(reply));
};
