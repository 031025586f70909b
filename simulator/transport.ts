import type { IncomingMessage, ServerResponse } from "node:http";
import { bytesOf, type End, type Sent } from "./acts.ts";
import type { ApiAnswer } from "./types.ts";

/** Waits, and ends the wait early when the simulator closes. Time in ms. */
export type Pause = (ms: number) => Promise<void>;

/** One answer on its way to the socket. */
export interface Delivery {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Epoch ms of the world's clock, for dates. */
  readonly now: () => number;
  readonly pause: Pause;
}

/** Ends the connection with a reset; over TLS it can only be torn down. */
export function reset(request: IncomingMessage): void {
  try {
    request.socket.resetAndDestroy();
  } catch {
    request.socket.destroy();
  }
}

/** Resolves when the client has gone or the answer is out. */
export function closed(response: ServerResponse): Promise<void> {
  if (response.closed || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => response.once("close", () => resolve()));
}

function head(delivery: Delivery, status: number, headers: Readonly<Record<string, string>>): void {
  delivery.response.writeHead(status, {
    date: new Date(delivery.now()).toUTCString(),
    ...headers,
  });
}

function length(bytes: number): Record<string, string> {
  return { "content-length": String(bytes) };
}

/** Sends an answer as it is. */
export function send(delivery: Delivery, answer: Sent): void {
  const body = bytesOf(answer);
  const bare = answer.status === 204;
  head(delivery, answer.status, { ...answer.headers, ...(bare ? {} : length(body.length)) });
  delivery.response.end(bare ? undefined : body);
}

/** Starts an event stream. */
export function openStream(delivery: Delivery, answer: ApiAnswer): void {
  head(delivery, answer.status, answer.headers);
  delivery.response.flushHeaders();
}

async function write(delivery: Delivery, bytes: Buffer): Promise<boolean> {
  const { response } = delivery;
  if (response.destroyed || response.closed) return false;
  if (response.write(bytes)) return true;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
  return !response.destroyed;
}

async function drip(delivery: Delivery, answer: Sent, pauseMs: number): Promise<void> {
  const body = bytesOf(answer);
  head(delivery, answer.status, { ...answer.headers, ...length(body.length) });
  delivery.response.flushHeaders();
  for (const byte of body) {
    if (!(await write(delivery, Buffer.from([byte])))) return;
    await delivery.pause(pauseMs);
  }
  delivery.response.end();
}

async function endless(delivery: Delivery, answer: Sent): Promise<void> {
  head(delivery, answer.status, answer.headers);
  const chunk = Buffer.alloc(16_384, 0x20);
  let open = await write(delivery, bytesOf(answer));
  while (open) {
    open = await write(delivery, chunk);
    // Lets other requests of the same process through.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function pad(delivery: Delivery, answer: Sent, bytes: number): Promise<void> {
  const body = bytesOf(answer);
  const total = Math.max(bytes, body.length);
  head(delivery, answer.status, { ...answer.headers, ...length(total) });
  let open = await write(delivery, body);
  for (let left = total - body.length; open && left > 0; left -= 65_536) {
    open = await write(delivery, Buffer.alloc(Math.min(65_536, left), 0x20));
  }
  if (open) delivery.response.end();
}

async function cut(delivery: Delivery, answer: Sent, bytes: number): Promise<void> {
  const body = bytesOf(answer);
  head(delivery, answer.status, { ...answer.headers, ...length(body.length) });
  await write(delivery, body.subarray(0, bytes));
  delivery.response.socket?.end();
}

/** Ends a request in the way that was decided; pauses before an answer are the caller's. Resolves when all that goes out is handed to the socket. */
export async function deliver(delivery: Delivery, end: End): Promise<void> {
  switch (end.act) {
    case "answer":
      return send(delivery, end.answer);
    case "reset":
      return reset(delivery.request);
    case "silence":
      return closed(delivery.response);
    case "drip":
      return drip(delivery, end.answer, end.pauseMs);
    case "pad":
      return pad(delivery, end.answer, end.bytes);
    case "cut":
      return cut(delivery, end.answer, end.bytes);
    case "endless":
      return endless(delivery, end.answer);
  }
}
