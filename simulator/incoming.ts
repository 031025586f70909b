import type { IncomingMessage } from "node:http";

/** Largest request body that is read, in bytes. */
export const MAX_BODY = 20 * 1024 * 1024;

/** Header names in lower case, repeated ones joined. */
export function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

/** The body as text, at most a little over `MAX_BODY`; null when the client left before it was complete. */
export async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size <= MAX_BODY + 1) chunks.push(chunk as Buffer);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString("utf8");
}
