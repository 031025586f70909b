/** Every parser of an input: it takes what it should, whole, and nothing else. */

import { validateHeaderValue } from "node:http";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readCreateInputs } from "../../src/inputs/create.ts";
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
import { hex, hold, LIMIT_MS, nasty, slipIn } from "./support.ts";

const UNITS = { s: 1_000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n } as const;

/** Texts from anything at all to nearly right ones. */
function near(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(right, slipIn(right), slipIn(slipIn(right)), nasty);
}

const cased = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.boolean()).map(([s, up]) => (up ? s.toUpperCase() : s.toLowerCase()));
const duration = fc
  .tuple(
    fc.nat(999_999_999),
    fc.option(fc.integer({ min: 0, max: 999 })),
    fc.constantFrom("", "s", "m", "h", "d"),
  )
  .map(([n, part, unit]) => `${n}${part === null ? "" : `.${part}`}${unit}`);
const parts = fc
  .subarray(["d", "h", "m", "s"] as const, { minLength: 2 })
  .chain((units) => fc.tuple(...units.map((unit) => fc.nat(9_999).map((n) => `${n}${unit}`))))
  .map((all) => all.join(""));
const uuid = cased(fc.uuid());
const url = fc
  .tuple(
    fc.constantFrom("https://", "http://", "HTTPS://", "ftp://", "https:/", "https:\\\\"),
    fc.constantFrom("", "user@", "user:word@", "@"),
    fc.oneof(
      fc.domain(),
      fc.constantFrom(
        "localhost",
        "127.0.0.1",
        "[::1]",
        "127.1",
        "169.254.169.254",
        "localhost.h.example",
        "127.0.0.1.h.example",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
      ),
    ),
    fc.constantFrom("", ":8080", ":0", ":99999", ":"),
    fc.constantFrom(
      "",
      "/",
      "/api/v1",
      "/api/v1///",
      "/../..",
      "/a?b",
      "/a#b",
      "/a b",
      "/%2e%2e/",
      "?",
      "#",
    ),
  )
  .map((parts) => parts.join(""));

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

describe("all inputs together", () => {
  const secrets = {
    api_key: near(fc.constant("phak_S3cretKeyOfTheFuzz")),
    commit_token: near(fc.constant("S3cretTokenOfTheFuzz")),
    encrypted_env: near(fc.constant("5ec2e7b10b5ec2e7b10b")),
    envs: near(fc.constant("NAME=S3cretValueOfTheFuzz")),
  };
  const plain = {
    api_url: near(url),
    app_id: near(hex(40)),
    vm_uuid: near(uuid),
    name: near(fc.constantFrom("web-eu-1", "web-eu-1,web-eu-2", "web-{n}-eu", "web-{run}-1")),
    node_id: near(fc.constantFrom("26", "prod9", "26,31", "26\nprod9", "26 | prod9 | any")),
    capacity_wait: near(duration),
    max_instances: near(fc.nat(200).map(String)),
    port: near(fc.nat(70_000).map(String)),
    health_expect: near(fc.constant("version 2")),
    health_for: near(duration),
    teepod_id: near(fc.constant("26")),
    compose_hash: near(hex(64)),
    prepare_only: near(fc.constantFrom("true", "false")),
    request_timeout: near(duration),
    count: near(fc.nat(200).map(String)),
    instances: near(fc.nat(200).map(String)),
    dry_run: near(fc.constantFrom("true", "false")),
    wait: near(fc.constantFrom("true", "false")),
    wait_timeout: near(duration),
    poll_interval: near(duration),
    health_check: near(fc.constantFrom("/healthz", "/a?b=c")),
    cleanup: near(fc.constantFrom("never", "on_failure", "on_job_failure", "always")),
    exclusive: near(fc.constantFrom("true", "false")),
    ttl: near(duration),
    transaction_hash: near(fc.constant(`0x${"ab".repeat(32)}`)),
    summary: near(fc.constantFrom("true", "false")),
  };
  const env = fc.record({ ...secrets, ...plain }, { requiredKeys: [] }).map((inputs) => {
    const named = Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]);
    return Object.fromEntries(named) as Record<string, string>;
  });
  const right = {
    INPUT_API_KEY: "phak_x",
    INPUT_APP_ID: "ab".repeat(20),
    INPUT_VM_UUID: "0f8b1f5e-2f6c-4d4b-9d55-0a3c5d0b7a11",
  };
  // Most random sets have some fault; without this, sets that are taken would hardly be tried.
  const mostlyRight = fc.tuple(env, fc.nat()).map(([given, which]) => {
    const entries = Object.entries(given);
    const [name, value] = entries[which % Math.max(1, entries.length)] ?? ["INPUT_COUNT", "2"];
    return { ...right, [name]: value };
  });

  it(
    "are taken within their bounds, or refused in words that hold no secret",
    () => {
      let taken = 0;
      hold(
        fc.property(fc.oneof(env, mostlyRight), (given) => {
          const read = readCreateInputs(given);
          if ("faults" in read) {
            expect(read.faults.length).toBeGreaterThan(0);
            const told = read.faults.join("\n");
            // A slip may leave a rest of a secret; what is looked for is longer than chance.
            expect(told).not.toMatch(/S3cret(?:Key|Token|Value)|5ec2e7b10b/);
            return;
          }
          taken += 1;
          const { inputs } = read;
          expect(inputs.appId ?? "").toMatch(/^(?:[0-9a-f]{40})?$/);
          expect(inputs.appId !== null || inputs.commitToken !== null).toBe(true);
          expect(inputs.vmUuid ?? "").toMatch(/^(?:[0-9a-f-]{36})?$/);
          expect(inputs.vmUuid !== null || inputs.appId !== null).toBe(true);
          for (const name of inputs.names ?? []) {
            expect(name).toMatch(/^[A-Za-z][A-Za-z0-9-]{4,62}$/);
          }
          expect(inputs.nodes.length).toBeLessThanOrEqual(100);
          const asked = inputs.count ?? inputs.instances ?? 0;
          expect(asked >= 1 && asked <= 100).toBe(true);
          expect(inputs.count === null || inputs.instances === null).toBe(true);
          for (const ms of [inputs.requestTimeoutMs, inputs.waitTimeoutMs, inputs.pollIntervalMs]) {
            expect(ms >= 1 && ms <= 7 * 86_400_000).toBe(true);
          }
          expect(inputs.encryptedEnv === null || inputs.envs.length === 0).toBe(true);
          if (inputs.prepareOnly) expect([inputs.count, inputs.commitToken]).toEqual([1, null]);
          if (inputs.healthCheck !== null) expect(inputs.wait).toBe(true);
        }),
      );
      expect(taken).toBeGreaterThan(10);
    },
    LIMIT_MS,
  );
});
