/** Every parser of an input: it takes what it should, whole, and nothing else. */

import { validateHeaderValue } from "node:http";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  parseApiKey,
  parseBoolean,
  parseDuration,
  parseHexBlob,
  parsePath,
  parseTransaction,
  parseWhole,
} from "../../src/inputs/values.ts";
import { parseAppId, parseHash, parseToken, parseUuid } from "../../src/text/ids.ts";
import { parseApiUrl } from "../../src/text/url.ts";
import { duration, near, parts, url, uuid } from "./near.ts";
import { hex, hold, LIMIT_MS } from "./support.ts";

const UNITS = { s: 1_000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n } as const;

describe("values", () => {
  it(
    "durations are what exact arithmetic says",
    () => {
      hold(
        fc.property(duration, (text) => {
          const unit = /[smhd]$/.exec(text)?.[0] as keyof typeof UNITS | undefined;
          const [whole = "", part = ""] = (unit === undefined ? text : text.slice(0, -1)).split(
            ".",
          );
          const micro = BigInt(whole) * 1_000n + BigInt(part.padEnd(3, "0") || "0");
          const exact = (micro * UNITS[unit ?? "s"] + 500n) / 1_000n;
          // More than 285,000 years, which no number of ms holds exactly.
          const held = exact <= BigInt(Number.MAX_SAFE_INTEGER);
          expect(parseDuration(text)).toBe(held ? Number(exact) : null);
        }),
      );
      hold(
        fc.property(parts, (text) => {
          const sum = [...text.matchAll(/(\d+)([dhms])/g)].reduce(
            (ms, [, n = "", unit]) => ms + BigInt(n) * UNITS[unit as keyof typeof UNITS],
            0n,
          );
          expect(parseDuration(text)).toBe(Number(sum));
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "durations take digits with units behind them, and nothing else",
    () => {
      hold(
        fc.property(near(fc.oneof(duration, parts)), (text) => {
          const ms = parseDuration(text);
          if (ms === null) return;
          expect(Number.isSafeInteger(ms) && ms >= 0).toBe(true);
          const units = text.replace(/[\d.]/g, "");
          expect(["d", "h", "m", "s"].filter((unit) => units.includes(unit)).join("")).toBe(units);
          const number = text.replace(/[dhms]/g, "");
          expect([...number].every((c) => "0123456789.".includes(c))).toBe(true);
          expect(number.split(".").length).toBeLessThanOrEqual(2);
          expect(Number.isFinite(Number(number))).toBe(true);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "booleans are six words",
    () => {
      const word = fc.constantFrom("true", "True", "TRUE", "false", "False", "FALSE");
      hold(
        fc.property(
          near(fc.oneof(word, fc.constantFrom("yes", "on", "1", "tRUE", "0"))),
          (text) => {
            const expected = { true: true, false: false }[text.toLowerCase()] ?? null;
            const spelt = ["true", "True", "TRUE", "false", "False", "FALSE"].includes(text);
            expect(parseBoolean(text)).toBe(spelt ? expected : null);
          },
        ),
      );
    },
    LIMIT_MS,
  );

  it(
    "whole numbers come back as they were written",
    () => {
      const digits = fc.oneof(
        fc.maxSafeNat().map(String),
        fc.nat().map((n) => `${n}.0`),
        fc.bigInt({ min: 0n }).map(String),
      );
      hold(
        fc.property(near(digits), (text) => {
          const number = parseWhole(text);
          if (number !== null) {
            expect(String(number)).toBe(text.replace(/\.0+$/, "").replace(/^0+(?=\d)/, ""));
          } else expect(/^\d{1,15}(?:\.0)?$/.test(text)).toBe(false);
        }),
      );
    },
    LIMIT_MS,
  );

  it.each([
    ["app ids", parseAppId, hex(40), ["", "0x", "app_", "app_0x"]],
    ["hashes", parseHash, hex(64), ["", "0x", "0X"]],
  ] as const)(
    "%s lose their prefix and their capitals only",
    (_name, parse, digits, prefixes) => {
      hold(
        fc.property(fc.constantFrom(...prefixes), digits, (prefix, bare) => {
          expect(parse(prefix + bare)).toBe(bare.toLowerCase());
        }),
      );
      hold(
        fc.property(near(digits), (text) => {
          const id = parse(text);
          if (id === null) return;
          expect(id).toMatch(/^[0-9a-f]+$/);
          expect(text.toLowerCase().replace(/^(app_)?(0x)?/, "")).toBe(id);
          expect(parse(id)).toBe(id);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "UUIDs come back dashed and lower-case",
    () => {
      hold(
        fc.property(uuid, fc.boolean(), (text, bare) => {
          expect(parseUuid(bare ? text.replaceAll("-", "") : text)).toBe(text.toLowerCase());
        }),
      );
      hold(
        fc.property(near(uuid), (text) => {
          const id = parseUuid(text);
          if (id === null) return;
          expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
          expect(id.replaceAll("-", "")).toBe(text.replaceAll("-", "").toLowerCase());
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "blobs are whole bytes of hex",
    () => {
      hold(
        fc.property(near(hex(16)), (text) => {
          const blob = parseHexBlob(text);
          if (blob === null) return;
          expect(Buffer.from(blob, "hex").toString("hex")).toBe(blob.toLowerCase());
          expect(text.endsWith(blob)).toBe(true);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "keys, tokens and transactions fit into a header, and are one word",
    () => {
      hold(
        fc.property(near(fc.stringMatching(/^[!-~]{8,40}$/)), (text) => {
          for (const value of [parseApiKey(text), parseToken(text), parseTransaction(text)]) {
            if (value === null) continue;
            expect(value).toBe(text);
            expect(value).toMatch(/^\S+$/);
            validateHeaderValue("x-api-key", value);
          }
        }),
      );
    },
    LIMIT_MS,
  );
});

describe("addresses", () => {
  it(
    "an API address is safe to send the key to, and to append paths to",
    () => {
      hold(
        fc.property(near(url), (text) => {
          const base = parseApiUrl(text);
          if (base === null) return;
          const read = new URL(base);
          const local =
            ["localhost", "[::1]"].includes(read.hostname) || read.hostname.startsWith("127.");
          expect(read.protocol === "https:" || (read.protocol === "http:" && local)).toBe(true);
          // Only a number may begin so: 127.x.example is not this machine.
          if (read.protocol === "http:" && /^127/.test(read.hostname)) {
            expect(read.hostname).toMatch(/^127\.\d+\.\d+\.\d+$/);
          }
          expect([read.username, read.password, read.search, read.hash]).toEqual(["", "", "", ""]);
          const whole = new URL(`${base}/apps/x`);
          expect(whole.origin).toBe(read.origin);
          expect(whole.pathname).toBe(`${read.pathname.replace(/\/+$/, "")}/apps/x`);
          expect(parseApiUrl(base)).toBe(base);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "a health check's path stays a path, as it was written",
    () => {
      const path = fc.webPath().map((text) => `/${text.replace(/^\/+/, "")}`);
      hold(
        fc.property(near(path), (text) => {
          if (parsePath(text) === null) return;
          const whole = new URL(`https://h.example/base${text}`);
          expect(whole.origin).toBe("https://h.example");
          expect(whole.pathname + whole.search).toBe(`/base${text}`);
          expect(whole.hash).toBe("");
        }),
      );
    },
    LIMIT_MS,
  );
});
