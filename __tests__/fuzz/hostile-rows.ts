/** What a hostile server may write: each row is one answer as raw bytes. */
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { plainly, type Say } from "./hostile-server.ts";

export interface HostileRow {
  readonly name: string;
  readonly say: Say;
}

const raw =
  (bytes: string | Buffer): Say =>
  (socket) =>
    socket.end(bytes);
const head = (lines: readonly string[], body: string | Buffer = "{}"): Say =>
  raw(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), Buffer.from(body)]));
const OK = "HTTP/1.1 200 OK";
const JSON_TYPE = "content-type: application/json";
/** A 200 whose body is this. */
const body = (text: string | Buffer): Say =>
  head([OK, JSON_TYPE, `content-length: ${Buffer.byteLength(text)}`], text);
/** The good answer with its body rewritten. */
const rewritten =
  (change: (text: string) => string | Buffer): Say =>
  (socket, answer) =>
    body(change(answer.body))(socket, answer);
const withHead =
  (...lines: readonly string[]): Say =>
  (socket, answer) =>
    head(
      [OK, JSON_TYPE, `content-length: ${Buffer.byteLength(answer.body)}`, ...lines],
      answer.body,
    )(socket, answer);
/** Adds a field to the first object of the body, whether it stands alone or in a list. */
const withField = (field: string): Say => rewritten((text) => text.replace("{", `{${field},`));

/** Writes for ever, as long as the client stays. */
function trickle(socket: Socket, everyMs: number, piece: (n: number) => string): void {
  let n = 0;
  const timer = setInterval(() => socket.write(piece(n++)), everyMs);
  socket.on("close", () => clearInterval(timer));
}

const HEADERS: Readonly<Record<string, Say>> = {
  "noise in place of an answer": raw(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10, 0, 128])),
  "an answer of HTTP 0.9": raw('{"id": 1}'),
  "a status line alone": raw(`${OK}\r\n`),
  "a status that is no number": head(["HTTP/1.1 abc OK"]),
  "status 0": head(["HTTP/1.1 000 X", "content-length: 2"]),
  "status 999": head(["HTTP/1.1 999 X", "content-length: 2"]),
  "status 1000": head(["HTTP/1.1 1000 X", "content-length: 2"]),
  "HTTP 9": head(["HTTP/9.9 200 OK", "content-length: 2"]),
  "a reason that is a command": head(["HTTP/1.1 400 ::error::x", "content-length: 2"]),
  "101, switching to something else": head(["HTTP/1.1 101 X", "connection: upgrade", "upgrade: x"]),
  "thousands of 100 Continue": raw(
    `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(5_000)}${OK}\r\n\r\n{}`,
  ),
  "a header without a colon": head([OK, "nothing"]),
  "a header with a NUL": head([OK, "x-a: a\0b", "content-length: 2"]),
  "a header of Latin and control characters": head([OK, "x-request-id: \x01\xff\x1b[31m"]),
  "a header called __proto__": withHead("__proto__: x", "constructor: y"),
  "line ends without CR": raw(`${OK}\ncontent-length: 2\n\n{}`),
  "a header of a megabyte": head([OK, `x-a: ${"a".repeat(1_000_000)}`]),
  "ten thousand headers": head([OK, ...Array.from({ length: 10_000 }, (_, n) => `x-${n}: ${n}`)]),
  "two lengths": head([OK, "content-length: 2", "content-length: 3"], "{} "),
  "a length and chunks": head([OK, "content-length: 2", "transfer-encoding: chunked"], "{}"),
  "a length below zero": head([OK, "content-length: -5"]),
  "a length beyond all numbers": head([OK, `content-length: ${"9".repeat(40)}`]),
  "a length that is too short": head([OK, "content-length: 1"], '{"id": 1}'),
  "commands in each header": head(
    [
      "HTTP/1.1 429 X",
      "retry-after: ::error::x",
      "date: ##[error]x",
      "x-request-id: ::add-mask::a",
      "location: ::set-output name=a::b",
      "content-length: 0",
    ],
    "",
  ),
  "a redirect to this machine": head(
    ["HTTP/1.1 307 X", "location: http://127.0.0.1:1/", "content-length: 0"],
    "",
  ),
  "a redirect to nowhere": head(["HTTP/1.1 308 X", "location: http://[", "content-length: 0"], ""),
};

const ENCODINGS: Readonly<Record<string, Say>> = {
  "gzip that nobody asked for": (socket, answer) => {
    const packed = gzipSync(answer.body);
    head([OK, JSON_TYPE, "content-encoding: gzip", `content-length: ${packed.length}`], packed)(
      socket,
      answer,
    );
  },
  "plain text that calls itself gzip": withHead("content-encoding: gzip"),
  "a gzip bomb": (socket, answer) => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    head([OK, JSON_TYPE, "content-encoding: gzip", `content-length: ${bomb.length}`], bomb)(
      socket,
      answer,
    );
  },
  "an encoding that there is not": withHead("content-encoding: ::error::x"),
  "UTF-16": rewritten((text) => Buffer.from(`\ufeff${text}`, "utf16le")),
  "a byte order mark": rewritten((text) => `\ufeff${text}`),
  "Latin letters as single bytes": rewritten((text) =>
    Buffer.from(text.replace(/"name":"/g, '"name":"é'), "latin1"),
  ),
  "broken UTF-8 inside": rewritten((text) =>
    Buffer.concat([
      Buffer.from('{"name":"'),
      Buffer.from([0xc0, 0xaf, 0xff]),
      Buffer.from(`",${text.slice(1)}`),
    ]),
  ),
  "NULs between": rewritten((text) => text.replaceAll(",", "\0,")),
};

const chunked = (text: string | Buffer): Say =>
  head([OK, JSON_TYPE, "transfer-encoding: chunked"], text);
const CHUNKS: Readonly<Record<string, Say>> = {
  "a chunk whose size is no number": chunked("zz\r\n{}\r\n0\r\n\r\n"),
  "a chunk beyond all sizes": chunked("ffffffffffffffff\r\n{}\r\n"),
  "a chunk below zero": chunked("-2\r\n{}\r\n0\r\n\r\n"),
  "chunks without an end": chunked("2\r\n{}\r\n"),
  "a chunk extension of a megabyte": chunked(`2;${"a".repeat(1_000_000)}\r\n{}\r\n0\r\n\r\n`),
  "broken trailers": chunked("2\r\n{}\r\n0\r\nnothing\r\n\r\n"),
  "chunks of one byte": (socket, { body: text }) =>
    chunked(
      `${[...Buffer.from(text)].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join("")}0\r\n\r\n`,
    )(socket, { status: 200, headers: {}, body: "" }),
  "another coding of transfers": head([OK, "transfer-encoding: gzip, x"], "{}"),
  "two answers in one": (socket, answer) =>
    raw(Buffer.concat([plainly(answer), Buffer.from(`${OK}\r\n\r\n{}`)]))(socket, answer),
};

const deep = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);
const BODIES: Readonly<Record<string, Say>> = {
  "lists, a million deep": body(deep("[", "]", 1_000_000)),
  "objects, a million deep": body(`${'{"a":'.repeat(1_000_000)}1${"}".repeat(1_000_000)}`),
  "brackets that never close": body("[".repeat(5_000_000)),
  "quotes that never close": body(`"${'\\"'.repeat(1_000_000)}`),
  "deep nesting in a field": withField(`"new":${deep("[", "]", 50_000)}`),
  "huge numbers": withField(
    `"id":${"9".repeat(400)},"vcpu":1e999,"memory":-1e-999,"teepod_id":1e308`,
  ),
  "keys of the prototype": withField(
    '"__proto__":{"id":1},"constructor":null,"toString":1,"hasOwnProperty":0',
  ),
  "the same key many times": withField(`${'"status":"running",'.repeat(20_000)}"a":1`),
  "half characters": rewritten((text) =>
    text.replace(/"(name|status|slug)":"[^"]*"/g, '"$1":"\\ud800"'),
  ),
  "commands and markup in each text": rewritten((text) =>
    text.replace(
      /"(name|status|slug|region)":"[^"]*"/g,
      '"$1":"\\r\\n::error::x\\n##[error]y <img src=x> ](x) |"',
    ),
  ),
  "a text of nine megabytes": withField(`"docker_compose_file":"${"x".repeat(9_000_000)}"`),
  "a name of nine megabytes": rewritten((text) =>
    text.replace(/"name":"[^"]*"/, `"name":"${"n".repeat(9_000_000)}"`),
  ),
  "eleven megabytes": body(`{"a":"${"x".repeat(11_000_000)}"}`),
  "megabytes of white space": body(" ".repeat(9_000_000)),
  "megabytes of tags": body("<title".repeat(500_000)),
  "megabytes of comments": head(["HTTP/1.1 400 X", "connection: close"], "<!--".repeat(2_000_000)),
  "thousands of rows": rewritten((text) => {
    const value: unknown = JSON.parse(text || "null");
    const row: unknown = Array.isArray(value) ? value[0] : value;
    const rows = Array.from({ length: 5_000 }, () => row);
    return JSON.stringify(Array.isArray(value) ? [...value, ...rows] : rows);
  }),
  "thousands of errors": head(
    ["HTTP/1.1 422 X", "connection: close"],
    JSON.stringify({
      detail: Array.from({ length: 20_000 }, () => ({ loc: ["body", "x"], msg: "::error::no" })),
    }),
  ),
};

const SLOW: Readonly<Record<string, Say>> = {
  "headers that never end": (socket) => trickle(socket, 50, (n) => (n === 0 ? OK : "\r\nx-a: b")),
  "a body that drips for ever": (socket) =>
    trickle(socket, 50, (n) => (n === 0 ? `${OK}\r\n\r\n{` : " ")),
  "a flood without end": (socket) =>
    trickle(socket, 5, (n) => (n === 0 ? `${OK}\r\n\r\n` : "x".repeat(500_000))),
  silence: () => undefined,
  "a reset in the middle": (socket) => {
    socket.write(`${OK}\r\ncontent-length: 900\r\n\r\n{`);
    socket.resetAndDestroy();
  },
  "an end at once": (socket) => socket.end(),
};

export const HOSTILE_ROWS: readonly HostileRow[] = Object.entries({
  ...HEADERS,
  ...ENCODINGS,
  ...CHUNKS,
  ...BODIES,
  ...SLOW,
}).map(([name, say]) => ({ name, say }));
