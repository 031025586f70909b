import { type Fault, unreadable } from "../net/fault.ts";
import { persist } from "../net/persist.ts";
import { type Budget, judgeRepeatable, READ_BUDGET } from "../net/retry.ts";
import type { HttpAnswer } from "../net/transport.ts";
import { nextUpdateOf } from "./crls.ts";
import { nextUpdateAt } from "./intel.ts";
import type { PckCa } from "./pck.ts";
import { get, LEAST_MS, type Net, tellFault } from "./requests.ts";

/** A document of Intel's as it is served. */
export interface Document {
  /** The bytes that are signed. */
  readonly text: Buffer;
  /** `r ‖ s`. */
  readonly signature: Buffer;
  /** The signer's certificate and the root, in PEM. */
  readonly chain: string;
}

/** What came, or why it did not, and from where it was to come. */
export type Piece<T> = { readonly got: T } | { readonly missing: string; readonly from: string };

/** What Intel publishes of a kind of platform, each piece signed by itself. */
export interface Collateral {
  /** DER. */
  readonly rootCrl: Piece<Buffer>;
  readonly pckCrl: Piece<Buffer>;
  readonly tcbInfo: Piece<Document>;
  readonly qeIdentity: Piece<Document>;
}

/** Where collateral is served. */
export interface Service {
  /** Without a slash at the end. */
  readonly base: string;
  /** The root's own list: Intel serves it elsewhere. */
  readonly rootCrl: string;
}

/** The largest piece that is looked at, in bytes; all four together are 1 MiB at most. */
const MAX_PIECE_BYTES = 262_144;
/** With another service to go to, a silent one must not use up the time. Times in ms. */
const SHORT_BUDGET: Budget = { maxTries: 2, totalMs: 20_000, tryMs: 10_000 };

/** Intel's collateral, each piece fetched once a run. Nothing is kept on disk, and no key is sent. */
export class CollateralSource {
  readonly #net: Net;
  readonly #services: readonly Service[];
  readonly #pieces = new Map<string, Promise<Piece<unknown>>>();

  /** @param services in the order in which they are asked: the next only where the one before it fails */
  constructor(net: Net, services: readonly Service[]) {
    this.#net = net;
    this.#services = services;
  }

  /**
   * What a quote of such a platform is held against. The four go side by side; what could not be had is told in
   * its place, and fails the check that needs it.
   *
   * @param until ms since the epoch: no try begins after it, but there is time for one
   */
  async get(
    platform: { readonly ca: PckCa; readonly fmspc: string },
    until: number,
  ): Promise<Collateral> {
    const { ca, fmspc } = platform;
    const crl = { read: crlOf, nextUpdate: nextUpdateOf };
    const document = (key: string, headers: readonly string[]) => ({
      read: (answer: HttpAnswer) => documentOf(answer, key, headers),
      nextUpdate: ({ text }: Document) => nextUpdateAt(text),
    });
    const v4 = (path: string) => (service: Service) => `${service.base}${path}`;
    const [rootCrl, pckCrl, tcbInfo, qeIdentity] = await Promise.all([
      this.#piece("the root's CRL", (service) => service.rootCrl, crl, until),
      this.#piece(
        "the PCK certificates' CRL",
        v4(`/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`),
        crl,
        until,
      ),
      this.#piece(
        "TCB info",
        v4(`/tdx/certification/v4/tcb?fmspc=${fmspc}`),
        document("tcbInfo", ["tcb-info-issuer-chain", "sgx-tcb-info-issuer-chain"]),
        until,
      ),
      this.#piece(
        "the QE's identity",
        v4("/tdx/certification/v4/qe/identity"),
        document("enclaveIdentity", ["sgx-enclave-identity-issuer-chain"]),
        until,
      ),
    ]);
    return { rootCrl, pckCrl, tcbInfo, qeIdentity };
  }

  /** Kept for the run; asked for anew where it never came, or has run out since. */
  #piece<T>(
    what: string,
    urlOf: (service: Service) => string,
    kind: Kind<T>,
    until: number,
  ): Promise<Piece<T>> {
    const key = this.#services.map(urlOf).join(" ");
    const kept = this.#pieces.get(key) as Promise<Piece<T>> | undefined;
    const ask = () => this.#ask(what, urlOf, kind, until);
    const good = (piece: Piece<T>) => "got" in piece && this.#isFresh(kind, piece.got);
    const piece = kept?.then((one) => (good(one) ? one : ask())) ?? ask();
    this.#pieces.set(key, piece);
    return piece;
  }

  /** Asks one service after another for what is good today; one that is out of date is better than none. */
  async #ask<T>(
    what: string,
    urlOf: (service: Service) => string,
    kind: Kind<T>,
    until: number,
  ): Promise<Piece<T>> {
    const failures: { readonly host: string; readonly reason: string }[] = [];
    let stale: Piece<T> | null = null;
    for (const [index, service] of this.#services.entries()) {
      const url = urlOf(service);
      const last = index === this.#services.length - 1;
      const result = await this.#tryService(
        what,
        url,
        kind,
        last ? READ_BUDGET : SHORT_BUDGET,
        until,
      );
      if (result.ok && this.#isFresh(kind, result.value)) return { got: result.value };
      if (result.ok) stale ??= { got: result.value };
      else failures.push({ host: new URL(url).host, reason: tellFault(result.fault) });
    }
    const [first, ...more] = failures;
    const missing = [first?.reason, ...more.map((one) => `${one.host}: ${one.reason}`)].join("; ");
    return stale ?? { missing, from: failures.map(({ host }) => host).join(", ") };
  }

  async #tryService<T>(
    what: string,
    url: string,
    { read }: Kind<T>,
    budget: Budget,
    until: number,
  ) {
    const { clock, signal } = this.#net;
    const totalMs = Math.min(budget.totalMs, Math.max(LEAST_MS, until - clock.now()));
    const onWait = (fault: Fault, waitMs: number, next: number) =>
      this.#net.onWait(`fetch ${what} from ${new URL(url).host}`, fault, waitMs, next);
    const rules = { budget: { ...budget, totalMs }, judge: judgeRepeatable, signal, onWait };
    return persist(this.#net, rules, async (withinMs) => {
      // Bytes as they are: a CRL is no text, and of a text it is the bytes that are signed.
      const got = await get(this.#net, { url, headers: {}, encoding: "latin1" }, withinMs);
      if (!got.ok) return got;
      const { answer } = got;
      const value = answer.body.length > MAX_PIECE_BYTES ? null : read(answer);
      if (value !== null) return { ok: true, value };
      return {
        ok: false,
        fault: unreadable(answer, "an answer that is none of Intel's collateral"),
      };
    });
  }

  /** Whether it has run out, by its own word: the checks hold it to that again. */
  #isFresh<T>(kind: Kind<T>, value: T): boolean {
    return (kind.nextUpdate(value) ?? 0) >= this.#net.clock.now();
  }
}

interface Kind<T> {
  readonly read: (answer: HttpAnswer) => T | null;
  /** ms since the epoch. */
  readonly nextUpdate: (value: T) => number | null;
}

/** A CRL in the three forms in which services give it: DER, hex of it, PEM. */
export function crlOf({ body }: Pick<HttpAnswer, "body">): Buffer | null {
  const text = body.trim();
  const pem = /^-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----$/.exec(text)?.[1];
  const hex = /^[0-9a-f]+$/i.test(text);
  const der =
    pem !== undefined
      ? Buffer.from(pem, "base64")
      : hex
        ? Buffer.from(text, "hex")
        : Buffer.from(body, "latin1");
  try {
    nextUpdateOf(der);
    return der;
  } catch {
    return null;
  }
}

/** A signed document: its text is cut out of the body, since writing it anew would change its bytes. */
function documentOf(
  { body, headers }: HttpAnswer,
  key: string,
  chainHeaders: readonly string[],
): Document | null {
  const form = new RegExp(
    `^\\s*\\{\\s*"${key}"\\s*:\\s*(\\{.*\\})\\s*,\\s*"signature"\\s*:\\s*"([0-9a-f]{128})"\\s*\\}\\s*$`,
    "is",
  );
  const [, text, signature] = form.exec(body) ?? [];
  const header = chainHeaders.map((name) => headers[name]).find((value) => value !== undefined);
  if (text === undefined || signature === undefined || header === undefined) return null;
  try {
    const chain = decodeURIComponent(header);
    return { text: Buffer.from(text, "latin1"), signature: Buffer.from(signature, "hex"), chain };
  } catch {
    return null;
  }
}
