/**
 * What a server does with a request, by its fault. It is decided here once, without sockets and clocks; the
 * HTTP server and the one of simulated time carry it out, each in its own way.
 */
import type { Fault } from "./faults.ts";
import { garbage } from "./garbage.ts";
import type { ApiAnswer } from "./types.ts";

/** An answer as it leaves the server. Garbage may be no text. */
export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Of a body that is a string; default UTF-8. */
  readonly encoding?: "latin1";
}

/** The bytes of an answer's body. */
export function bytesOf({ body, encoding }: Sent): Buffer {
  return typeof body === "string" ? Buffer.from(body, encoding ?? "utf8") : body;
}

/** How a request ends. Times in ms, sizes in bytes. */
export type End =
  /** The answer, after a pause. */
  | { readonly act: "answer"; readonly answer: Sent; readonly afterMs: number }
  /** The connection is reset. */
  | { readonly act: "reset" }
  /** The connection stays open, and nothing comes. */
  | { readonly act: "silence" }
  /** Byte by byte, with a pause after each. */
  | { readonly act: "drip"; readonly answer: Sent; readonly pauseMs: number }
  /** Filled up with blanks to a size. */
  | { readonly act: "pad"; readonly answer: Sent; readonly bytes: number }
  /** The whole length is promised, and this much of it is sent. */
  | { readonly act: "cut"; readonly answer: Sent; readonly bytes: number }
  /** The body begins so, goes on with blanks and never ends. */
  | { readonly act: "endless"; readonly answer: Sent };

/** Goes on with the work after a pause. What nobody hears has no answer, and is done even for a client that left. */
export interface Work {
  readonly act: "work";
  readonly afterMs: number;
  readonly heard: boolean;
}

const JSON_TYPE = { "content-type": "application/json" };

/**
 * What happens before the work.
 *
 * @param now epoch ms of the world's clock, for dates in headers
 */
export function actBefore(fault: Fault | undefined, now: number): Work | End {
  const work: Work = { act: "work", afterMs: 0, heard: true };
  switch (fault?.kind) {
    case "late":
      return { ...work, afterMs: fault.afterMs, heard: false };
    case "delay":
      return fault.when === "after" ? work : { ...work, afterMs: fault.ms };
    case "redirect":
      return plain({
        status: fault.status ?? 307,
        headers: { location: fault.location },
        body: "",
      });
    case "drop":
    case "hang":
    case "status":
      return fault.when === "before" ? instead(fault, now) : work;
    default:
      return work;
  }
}

/**
 * What becomes of the work's answer.
 *
 * @param now epoch ms of the world's clock, for dates in headers
 */
export function actAfter(fault: Fault | undefined, answer: ApiAnswer, now: number): End {
  switch (fault?.kind) {
    case "drop":
    case "hang":
    case "status":
      return instead(fault, now);
    case "delay":
      return { ...plain(answer), afterMs: fault.when === "after" ? fault.ms : 0 };
    case "drip":
      return { act: "drip", answer, pauseMs: fault.ms };
    case "endless":
      return { act: "endless", answer: { status: 200, headers: JSON_TYPE, body: '{"id":' } };
    case "huge":
      return { act: "pad", answer, bytes: fault.bytes };
    case "cut": {
      const whole = bytesOf(answer).length;
      const bytes = fault.bytes ?? Math.floor(whole / 2);
      return bytes < whole ? { act: "cut", answer, bytes } : plain(answer);
    }
    case "garbage": {
      const { body, type } = garbage(fault.form);
      return plain({ status: 200, headers: { "content-type": type }, body });
    }
    case "empty":
      return plain({ status: fault.status ?? 200, headers: {}, body: "" });
    default:
      return plain(answer);
  }
}

/** The status that goes out; undefined where none does. */
export function statusOf(end: End): number | undefined {
  return "answer" in end ? end.answer.status : undefined;
}

function plain(answer: Sent): Extract<End, { act: "answer" }> {
  return { act: "answer", answer, afterMs: 0 };
}

function instead(fault: Extract<Fault, { kind: "drop" | "hang" | "status" }>, now: number): End {
  if (fault.kind === "drop") return { act: "reset" };
  if (fault.kind === "hang") return { act: "silence" };
  return plain(statusAnswer(fault, now));
}

/** The answer of a fault of the kind `status`. @param now epoch ms of the server's clock, for dates in headers */
export function statusAnswer(
  fault: Extract<Fault, { kind: "status" }>,
  now: number,
): Sent & { readonly body: string } {
  return {
    status: fault.status,
    headers: { ...JSON_TYPE, ...withDates(fault.headers ?? {}, now) },
    body: fault.body ?? JSON.stringify({ detail: `Simulated status ${fault.status}` }),
  };
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
