// The Web Worker that keeps tick chains: answers each message with the keeper's result.

import { reasonOf, toUserError } from "../common/errors";
import { TickKeeper } from "./tick-keeper";
import type { FromWorker, ToWorker } from "./worker-messages";

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

async function answer(request: ToWorker): Promise<FromWorker> {
  try {
    return { id: request.id, bytes: await work(request) };
  } catch (error) {
    const { code, message, hint } = toUserError(error, "ticks", reasonOf(error), "Load the page again.");
    return { id: request.id, code, message, hint };
  }
}

self.onmessage = (event: MessageEvent<ToWorker>) => {
  void answer(event.data).then((reply) => self.postMessage(reply));
};
