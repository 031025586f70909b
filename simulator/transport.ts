import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import { garbage } from "./garbage.ts";
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

/** Sends an answer as it is. */
export function send(delivery: Delivery, answer: ApiAnswer): void {
  const body = Buffer.from(answer.body, "utf8");
  const length = answer.status === 204 ? {} : { "content-length": String(body.length) };
  head(delivery, answer.status, { ...answer.headers, ...length });
  delivery.response.end(answer.status === 204 ? undefined : body);
}

/** Starts an event stream. */
export function openStream(delivery: Delivery, answer: ApiAnswer): void {
  head(delivery, answer.status, answer.headers);
  delivery.response.flushHeaders();
}

/** Puts dates into header values: `{now+5}` is the HTTP date 5 s from now. */
function withDates(headers: Readonly<Record<string, string>>, now: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      value.replace(/\{now([+-]\d+)\}/, (_all, seconds: string) =>
        new Date(now + Number(seconds) * 1000).toUTCString(),
      ),
    ]),
  );
}

/** The answer that a `status` fault puts in place of the real one. */
export function statusAnswer(fault: Extract<Fault, { kind: "status" }>, now: number): ApiAnswer {
  const type = { "content-type": "application/json" };
  return {
    status: fault.status,
    headers: { ...type, ...withDates(fault.headers ?? {}, now) },
    body: fault.body ?? JSON.stringify({ detail: `Simulated status ${fault.status}` }),
  };
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

async function drip(delivery: Delivery, answer: ApiAnswer, ms: number): Promise<void> {
  const body = Buffer.from(answer.body, "utf8");
  head(delivery, answer.status, { ...answer.headers, "content-length": String(body.length) });
  delivery.response.flushHeaders();
  for (const byte of body) {
    if (!(await write(delivery, Buffer.from([byte])))) return;
    await delivery.pause(ms);
  }
  delivery.response.end();
}

async function endless(delivery: Delivery): Promise<void> {
  head(delivery, 200, { "content-type": "application/json" });
  const chunk = Buffer.alloc(16_384, 0x20);
  let open = await write(delivery, Buffer.from('{"id":'));
  while (open) {
    open = await write(delivery, chunk);
    // Lets other requests of the same process through.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function huge(delivery: Delivery, answer: ApiAnswer, bytes: number): Promise<void> {
  const body = Buffer.from(answer.body, "utf8");
  const total = Math.max(bytes, body.length);
  head(delivery, answer.status, { ...answer.headers, "content-length": String(total) });
  let open = await write(delivery, body);
  for (let left = total - body.length; open && left > 0; left -= 65_536) {
    open = await write(delivery, Buffer.alloc(Math.min(65_536, left), 0x20));
  }
  if (open) delivery.response.end();
}

async function cut(delivery: Delivery, answer: ApiAnswer, bytes?: number): Promise<void> {
  const body = Buffer.from(answer.body, "utf8");
  head(delivery, answer.status, { ...answer.headers, "content-length": String(body.length) });
  await write(delivery, body.subarray(0, bytes ?? Math.floor(body.length / 2)));
  delivery.response.socket?.end();
}

/**
 * Sends an answer the way an after-the-work fault wants it.
 *
 * @returns the status that went out, or null when none did
 */
export async function deliver(
  delivery: Delivery,
  answer: ApiAnswer,
  fault: Fault | undefined,
): Promise<number | null> {
  switch (fault?.kind) {
    case "drop":
      reset(delivery.request);
      return null;
    case "hang":
      await closed(delivery.response);
      return null;
    case "status":
      send(delivery, statusAnswer(fault, delivery.now()));
      return fault.status;
    case "drip":
      await drip(delivery, answer, fault.ms);
      return answer.status;
    case "endless":
      await endless(delivery);
      return 200;
    case "huge":
      await huge(delivery, answer, fault.bytes);
      return answer.status;
    case "cut":
      await cut(delivery, answer, fault.bytes);
      return answer.status;
    case "garbage": {
      const { body, type } = garbage(fault.form);
      head(delivery, 200, { "content-type": type, "content-length": String(body.length) });
      delivery.response.end(body);
      return 200;
    }
    case "empty":
      send(delivery, { status: fault.status ?? 200, headers: {}, body: "" });
      return fault.status ?? 200;
    default:
      send(delivery, answer);
      return answer.status;
  }
}
