// Links to blocks: to the explorer that every wallet of this kind of chain knows, pointed at the gateway's node.

import { useEffect, useState } from "preact/hooks";
import { gateway } from "../gateway";

const EXPLORER = "https://polkadot.js.org/apps/";

/** Where a block can be looked at. */
export function blockUrl(node: string, block: number): string {
  return `${EXPLORER}?rpc=${encodeURIComponent(node)}#/explorer/query/${block}`;
}

/** A node of the gateway's; null until known. */
export function useNode(): string | null {
  const [node, setNode] = useState<string | null>(null);
  useEffect(() => {
    // Without it receipts are shown without links.
    gateway.info().then(
      (info) => setNode(info.nodes[0] ?? null),
      () => setNode(null),
    );
  }, []);
  return node;
}
