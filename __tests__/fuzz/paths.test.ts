/** What users and servers say never leaves its place in an address. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { healthUrl } from "../../src/fleet/follow/health.ts";
import type { HttpRequest } from "../../src/net/transport.ts";
import { phalaClient } from "../../src/phala/api.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import { readKmsId } from "../../src/phala/kms.ts";
import { appUrl, dashboardUrl } from "../../src/text/links.ts";
import { hold, holdAsync, LIMIT_MS, nasty } from "./support.ts";

const APP = "ab".repeat(20);
const UUID = "0f8b1f5e-2f6c-4d4b-9d55-0a3c5d0b7a11";
const BASE = "https://api.h.example/api/v1";
const plain = (text: string) => text;

/** A client that sends nothing, and what it would have sent. */
function client() {
  const sent: HttpRequest[] = [];
  const api = phalaClient(
    async (request) => {
      sent.push(request);
      return { status: 200, headers: {}, body: "{}" };
    },
    { apiUrl: BASE, apiKey: "k", timeoutMs: 1_000, redact: plain, redactPrinted: plain },
  );
  return { api, sent };
}

/** The path's segments as the server gets them. */
function segments(url: string | undefined): string[] {
  const { origin, pathname, search, hash } = new URL(url ?? "");
  expect([origin, search, hash]).toEqual(["https://api.h.example", "", ""]);
  return pathname.split("/").slice(1).map(decodeURIComponent);
}

const dotted = fc.oneof(
  nasty,
  fc.constantFrom(".", "..", "%2e", "%2e%2e", ".%2E", "../..", "", "\ud800"),
);

describe("requests", () => {
  it(
    "a KMS that the server names stays one segment, or is not asked",
    async () => {
      await holdAsync(
        fc.asyncProperty(dotted, fc.boolean(), async (name, asSlug) => {
          const kmsId = readKmsId({
            kms_info: asSlug ? { slug: name, id: "kms_1" } : { id: name },
          });
          if (kmsId === null) return;
          const { api, sent } = client();
          await api.appKey(kmsId, APP);
          await api.kmsRootKey(kmsId);
          const [key, root] = sent.map(({ url }) => segments(url));
          expect(key).toEqual(["api", "v1", "kms", kmsId, "pubkey", APP]);
          expect(root).toEqual(["api", "v1", "kms", kmsId, "info"]);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "a CVM or an app that the server names is of an id's form, or not there",
    async () => {
      await holdAsync(
        fc.asyncProperty(dotted, async (text) => {
          const cvm = readCvm({ id: 1, vm_uuid: text, app_id: text });
          const { api, sent } = client();
          await api.getCvm(cvm?.vmUuid ?? UUID);
          await api.listCvms(cvm?.appId ?? APP);
          const [one, list] = sent.map(({ url }) => segments(url));
          expect(one).toEqual(["api", "v1", "cvms", expect.stringMatching(/^[0-9a-f-]{36}$/)]);
          expect(list).toEqual([
            "api",
            "v1",
            "apps",
            expect.stringMatching(/^[0-9a-f]{40}$/),
            "cvms",
          ]);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "what an id may hold beyond its form could not change the route either",
    async () => {
      await holdAsync(
        fc.asyncProperty(nasty, async (text) => {
          const id = `x${text.toWellFormed()}`;
          const { api, sent } = client();
          const request = { appId: id, vmUuid: id, body: {}, prepareOnly: false };
          await api.createReplica(request);
          await api.deleteCvm(id);
          await api.scheduleDelete(id, 0);
          expect(sent.map(({ url }) => segments(url))).toEqual([
            ["api", "v1", "apps", id, "cvms", id, "replicas"],
            ["api", "v1", "cvms", id],
            ["api", "v1", "cvms", id, "scheduled-delete"],
          ]);
        }),
      );
    },
    LIMIT_MS,
  );
});

describe("links", () => {
  it(
    "to the dashboard stay on it, and on their page",
    () => {
      hold(
        fc.property(dotted, (name) => {
          const slug = readCvm({ id: 1, workspace: { slug: name } })?.workspaceSlug ?? null;
          const page = new URL(dashboardUrl(slug, APP, UUID));
          const whole = new URL(appUrl(slug, APP));
          for (const { origin, search, hash } of [page, whole]) {
            expect([origin, search, hash]).toEqual(["https://cloud.phala.com", "", ""]);
          }
          const id = UUID.replaceAll("-", "");
          const parts = page.pathname.split("/").slice(1);
          if (slug === null) expect(parts).toEqual(["dashboard", "cvms", id]);
          else expect(parts.slice(1)).toEqual(["apps", APP, "instances", id]);
        }),
      );
    },
    LIMIT_MS,
  );
});

describe("health check", () => {
  const host = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.constantFrom(
      "localhost",
      "127.0.0.1",
      "2130706433",
      "0x7f.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0.0.0.0",
      "169.254.169.254",
      "metadata.internal",
    ),
  );
  const instance = fc
    .tuple(
      fc.constantFrom("https://", "http://", "ftp://", "file://", "//", ""),
      fc.constantFrom("", "", "user:word@"),
      host,
      fc.constantFrom("", ":8080", ":22"),
      fc.constantFrom("", "/", "/a/", "/a?b=c", "/a#b", "/..", "//", "/%2e%2e/"),
    )
    .map((parts) => parts.join(""));
  const path = fc.constantFrom("/healthz", "/a/b?c=d");

  it(
    "asks over https alone, never this machine, and the host that was named",
    () => {
      let asked = 0;
      hold(
        fc.property(fc.oneof(instance, nasty), path, (text, wanted) => {
          const url = healthUrl(text, wanted, BASE);
          if (url === null) return;
          asked += 1;
          const { protocol, host: found, hostname, username, pathname, search } = new URL(url);
          expect(protocol).toBe("https:");
          expect(found).toBe(new URL(text).host);
          expect(username).toBe("");
          expect(hostname).not.toMatch(/^(?:localhost|127\..*|\[::1\])$/);
          expect((pathname + search).endsWith(wanted)).toBe(true);
        }),
      );
      expect(asked).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );

  it("asks this machine where the API itself is on it: a simulator", () => {
    const url = "http://127.0.0.1:8080/_gateway/x";
    expect(healthUrl(url, "/healthz", "http://127.0.0.1:9/api/v1")).toBe(`${url}/healthz`);
    expect(healthUrl("http://h.example/", "/healthz", "http://127.0.0.1:9/api/v1")).toBeNull();
  });

  it(
    "takes no time to speak of on an address of megabytes",
    () => {
      // Quadratic work on this would outlast any limit.
      const long = `https://h.example/${"/".repeat(3_000_000)}a`;
      expect(healthUrl(long, "/healthz", BASE) ?? "refused").toEqual(expect.any(String));
    },
    LIMIT_MS,
  );
});
