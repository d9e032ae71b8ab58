// The receipts of a session. Each is for seconds that were settled in one block.

import { vlk } from "../common/amounts";
import type { Receipt } from "../gateway";
import { several, timeOf, whenOf } from "../ui/format";
import { LinkOutIcon } from "../ui/icons";
import { blockUrl, useNode } from "./explorer";

function Block({ number }: { readonly number: number }) {
  const node = useNode();
  if (!node) return <span class="number">{number}</span>;
  return (
    <a class="link number block-link" href={blockUrl(node, number)} target="_blank" rel="noopener noreferrer">
      {number}
      <span class="visually-hidden"> (opens the block explorer)</span>
      <span class="tiny-icon">
        <LinkOutIcon />
      </span>
    </a>
  );
}

export function ReceiptTable({ receipts }: { readonly receipts: readonly Receipt[] }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Settled</th>
            <th scope="col">Seconds</th>
            <th scope="col">Paid</th>
            <th scope="col" class="end">
              Block
            </th>
          </tr>
        </thead>
        <tbody>
          {receipts.map((receipt) => (
            <tr key={`${receipt.block} ${receipt.ticks}`}>
              <td title={timeOf(receipt.at)}>{whenOf(receipt.at)}</td>
              <td class="number">{several(receipt.ticks, "s", "s")}</td>
              <td class="number">{vlk(BigInt(receipt.paid))}</td>
              <td class="end">
                <Block number={receipt.block} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
