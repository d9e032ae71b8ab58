// Links to blocks in the Polkadot.js explorer, connected to the gateway's node.

import { useEffect, useState } from "preact/hooks";
import { gateway } from "../gateway";

const EXPLORER = "https://polkadot.js.org/apps/";

/** URL of a block in the explorer. */
export function blockUrl(node: string, block: number): string {
  return `${EXPLORER}?rpc=${encodeURIComponent(node)}#/explorer/query/${block}`;
}

/** A node of the gateway; null until known. */
export function useNode(): string | null {
  const [node, setNode] = useState<string | null>(null);
  useEffect(() => {
    // Without a node, receipts are shown without links.
    gateway.info().then(
      (info) => setNode(info.nodes[0] ?? null),
      () => setNode(null),
    );
  }, []);
  return node;
}
