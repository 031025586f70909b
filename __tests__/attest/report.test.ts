/** The report: JSON within its limit, and the sentences that it may be followed by. */
import { describe, expect, it } from "@jest/globals";
import { authority } from "../../simulator/attestation/authority.ts";
import { OUTDATED_MACHINE } from "../../simulator/attestation/machines.ts";
import { CHECKS } from "../../src/attest/check.ts";
import { composeGaps } from "../../src/attest/compose.ts";
import { entryOf } from "../../src/attest/entry.ts";
import type { Attested as Entry } from "../../src/ledger/attested.ts";
import { MAX_REPORT, report } from "../../src/report/outputs/attested.ts";
import {
  CHECK_WORDS,
  expectedOsLine,
  proves,
  shortened,
  whyUnverified,
} from "../../src/report/words/attested.ts";
import { parseOsLine } from "../../src/text/attestation.ts";
import {
  COMPOSE_HASH,
  COMPOSE_TEXT,
  genuine,
  INSTANCE_ID,
  KEY_PROVIDER,
  OS,
  verdictOf,
} from "./support.ts";

const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const good = genuine();
const entry = entryOf({ vmUuid: UUID, name: "web" }, verdictOf(good), good.wanted.reference);
const bad = entryOf(
  { vmUuid: UUID, name: "web" },
  verdictOf({ ...good, composeText: "other" }),
  null,
);

describe("an entry", () => {
  it("tells what was proven", () => {
    expect(entry).toMatchObject({
      vm_uuid: UUID,
      name: "web",
      instance_id: INSTANCE_ID,
      verified: true,
      status: "UpToDate",
      advisories: [],
      fmspc: "51a0c0de0000",
      measurements: OS,
      compose_hash: COMPOSE_HASH,
      key_provider: KEY_PROVIDER,
      reference: "source",
      unpinned_images: ["web:1"],
      allowed_envs: ["TOKEN"],
    });
    expect(entry.checks.map(({ check }) => check).sort()).toEqual(
      CHECKS.filter((check) => check !== "evidence").sort(),
    );
  });

  it("of a failure ends with it, and says no more than was proven", () => {
    expect(bad).toMatchObject({ verified: false, reference: "none", unpinned_images: null });
    expect(bad.checks.at(-1)).toMatchObject({
      check: "compose-text",
      ok: false,
      expected: COMPOSE_HASH,
    });
  });

  it("names no machine", () => {
    const text = JSON.stringify([entry, bad]);
    expect(text).not.toContain(good.quote.toString("hex").slice(1_300, 1_400));
    expect(text).not.toContain(authority().platform(OUTDATED_MACHINE).serial);
  });
});

describe("the report", () => {
  const many = (count: number, one: Entry = entry) =>
    Array.from({ length: count }, (_, index) => ({ ...one, name: `web-${index}` }));

  it("is whole where it fits", () => {
    expect(JSON.parse(report([entry, bad]))).toEqual([entry, bad]);
    expect(report([])).toBe("[]");
  });

  it.each([1, 10, 15, 40, 60, 100, 200, 1_000])(
    "of %d instances keeps within its limit",
    (count) => {
      const entries = [...many(count), ...many(1, bad)];
      const text = report(entries);
      expect(text.length).toBeLessThanOrEqual(MAX_REPORT);
      const parsed = JSON.parse(text) as (Partial<Entry> & { left_out?: number })[];
      const told = parsed.filter(({ vm_uuid }) => vm_uuid !== undefined);
      const leftOut = parsed.at(-1)?.left_out ?? 0;
      expect(told.length + leftOut).toBe(count + 1);
      // Every failure is told with its check, and what was cut says so.
      const failed = told.filter(({ verified }) => verified === false);
      expect(failed.map(({ checks }) => checks?.at(-1)?.check)).toEqual(["compose-text"]);
      if (text.length < JSON.stringify(entries).length)
        expect(told.every(({ cut }) => cut === true)).toBe(true);
    },
  );

  it("keeps within it whatever the texts are", () => {
    const long = {
      ...bad,
      name: "x".repeat(100_000),
      advisories: Array(2_000).fill("INTEL-SA-00001"),
    };
    expect(report([long]).length).toBeLessThanOrEqual(MAX_REPORT);
  });
});

describe("sentences", () => {
  it("say what a check against a source proves", () => {
    expect(proves("source", "UpToDate")).toBe(
      "The source and this replica run on genuine Intel TDX hardware (TCB: UpToDate) and booted the same firmware, kernel, command line and app-compose under the same app id and key provider. It finds a wrong revision, another image, a debug or non-TDX machine; it is no proof against a platform that already deceived you about the source.",
    );
  });

  it("say what pins prove", () => {
    const text = proves("pinned", "OutOfDate");
    expect(text).toContain("(TCB: OutOfDate)");
    expect(text).toContain(
      "the platform would have to break TDX or that image itself. Not shown: that its URL",
    );
  });

  it("do not praise what was compared with nothing", () => {
    expect(proves("none", "UpToDate")).toContain("proves nothing of the app");
  });

  it("have words for each check", () => {
    expect(Object.keys(CHECK_WORDS)).toEqual([...CHECKS]);
  });

  it("cut hashes to what people compare", () => {
    expect(shortened(`mrtd ${OS.mrtd} rtmr1 ${OS.rtmr1}`)).toBe(
      "mrtd d1d1d1d1d1d1… rtmr1 111111111111…",
    );
  });

  it("say what to do about a platform that is behind", () => {
    const outdated = genuine({ platform: authority().platform(OUTDATED_MACHINE) });
    const told = entryOf({ vmUuid: UUID, name: "web" }, verdictOf(outdated), null);
    expect(whyUnverified(told)).toEqual({
      what: "the TCB status (tcb): expected UpToDate, seen OutOfDate (platform), SIM-SA-00001",
      advice: "Wait for the platform's update, or allow OutOfDate in allowed_tcb (SIM-SA-00001).",
    });
  });
});

it("the line to pin is one that can be given", () => {
  if (entry.measurements === null) throw new Error("nothing measured");
  expect(parseOsLine(expectedOsLine(entry.measurements))).toEqual({ ...OS, rtmr0: null });
});

describe("what the compose hash leaves open", () => {
  it.each([
    ["image: web", ["web"]],
    [`image: "web:1.2"`, ["web:1.2"]],
    [`{image: 'web', ports: []}`, ["web"]],
    [`image: registry.example/web@sha256:${"0d".repeat(32)}`, []],
    ["image: \u0024{WEB:-web}", ["\u0024{WEB:-web}"]],
    ["build: .\n  images: no\n  my_image: no", []],
  ])("%j", (line, unpinnedImages) => {
    const text = JSON.stringify({ docker_compose_file: `services:\n  a:\n    ${line}\n` });
    expect(composeGaps(text)).toEqual({ unpinnedImages, allowedEnvs: [] });
  });

  it("nothing is said of a text that is none", () => {
    expect(composeGaps("x")).toBeNull();
    expect(composeGaps("{}")).toBeNull();
    expect(composeGaps(COMPOSE_TEXT)).not.toBeNull();
  });
});
