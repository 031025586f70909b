/** Addresses of the dashboard. */
import { describe, expect, it } from "@jest/globals";
import { appUrl, dashboardUrl } from "../../src/text/links.ts";

const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const ID = "6b0f3f0e51a74a0c9d3c0a6f5c2e7d11";
const APP = "3c".repeat(20);

describe("dashboardUrl", () => {
  it.each([
    ["slug and app", "acme", APP, `https://cloud.phala.com/acme/apps/${APP}/instances/${ID}`],
    [
      "an app with a prefix",
      "acme",
      `0x${APP.toUpperCase()}`,
      `https://cloud.phala.com/acme/apps/${APP}/instances/${ID}`,
    ],
    ["no slug", null, APP, `https://cloud.phala.com/dashboard/cvms/${ID}`],
    ["no app", "acme", null, `https://cloud.phala.com/dashboard/cvms/${ID}`],
    ["an app that is none", "acme", "../x", `https://cloud.phala.com/dashboard/cvms/${ID}`],
    [
      "a slug of a stranger's making",
      "a/../b?c#d e",
      APP,
      `https://cloud.phala.com/a%2F..%2Fb%3Fc%23d%20e/apps/${APP}/instances/${ID}`,
    ],
  ])("%s", (_name, slug, app, expected) => expect(dashboardUrl(slug, app, UUID)).toBe(expected));
});

describe("appUrl", () => {
  it("has the slug where it is known, and a redirecting page elsewhere", () => {
    expect(appUrl("acme", APP)).toBe(`https://cloud.phala.com/acme/apps/${APP}`);
    expect(appUrl(null, APP)).toBe(`https://cloud.phala.com/dashboard/cvms/app_${APP}`);
  });
});
