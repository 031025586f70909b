/** RLP as a node reads it: what is not in its one right form is refused. */
export type Item = Uint8Array | readonly Item[];

/** @throws for anything but one item in its shortest form */
export function decode(bytes: Uint8Array): Item {
  const { item, end } = itemAt(bytes, 0);
  if (end !== bytes.length) throw new Error("rlp: bytes behind the end");
  return item;
}

function itemAt(bytes: Uint8Array, at: number): { item: Item; end: number } {
  const first = bytes[at];
  if (first === undefined) throw new Error("rlp: too short");
  if (first < 0x80) return { item: bytes.subarray(at, at + 1), end: at + 1 };
  const list = first >= 0xc0;
  const { start, length } = payloadOf(bytes, at, first - (list ? 0xc0 : 0x80));
  const end = start + length;
  if (end > bytes.length) throw new Error("rlp: too short");
  if (list) return { item: listIn(bytes, start, end), end };
  const item = bytes.subarray(start, end);
  if (length === 1 && (item[0] as number) < 0x80) throw new Error("rlp: not the shortest form");
  return { item, end };
}

function payloadOf(bytes: Uint8Array, at: number, size: number): { start: number; length: number } {
  if (size <= 55) return { start: at + 1, length: size };
  const digits = size - 55;
  const length = bytes.subarray(at + 1, at + 1 + digits);
  if (length.length < digits || length[0] === 0) throw new Error("rlp: bad length");
  const value = Number(toNumber(length));
  if (value <= 55) throw new Error("rlp: not the shortest form");
  return { start: at + 1 + digits, length: value };
}

function listIn(bytes: Uint8Array, start: number, end: number): Item[] {
  const items: Item[] = [];
  let at = start;
  while (at < end) {
    const next = itemAt(bytes.subarray(0, end), at);
    items.push(next.item);
    at = next.end;
  }
  return items;
}

/** A number: big-endian, without zeros in front. @throws where there are some */
export function toNumber(item: Item | undefined): bigint {
  if (!(item instanceof Uint8Array)) throw new Error("rlp: a list where a number belongs");
  if (item[0] === 0) throw new Error("rlp: zeros in front of a number");
  return item.length === 0 ? 0n : BigInt(`0x${Buffer.from(item).toString("hex")}`);
}
