/** Which of a CVM's addresses leads to a port (API facts, "URLs"). Pure. */
import { arrayAt, type JsonObject, stringAt } from "../text/json.ts";
import { soundAddress } from "./gateway.ts";

/** `…{40 hex digits}-8080` with the gateway's marks behind it, in a host or in a path. */
const PORT = /(?<![0-9a-f])[0-9a-f]{40}-(\d{1,5})[sg]?(?![\w-])/i;

/** The instance's own URL for a port, as its row lists it; null: not listed. */
export function portUrl(row: JsonObject, port: number): string | null {
  const urls = arrayAt(row, "endpoints").map((entry) => soundAddress(stringAt(entry, "instance")));
  return urls.find((url) => url !== null && Number(PORT.exec(url)?.[1]) === port) ?? null;
}
