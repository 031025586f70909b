/** Where each error code is explained. Its sections are looked up in documents.test.ts. */
import { describe, expect, it } from "@jest/globals";
import { anchorOf, type ErrorCode, sectionUrl } from "../../src/report/words/error-code.ts";

const HOME = "https://github.com/your-org/cvm-replica-action/blob/v1/docs/operations.md";

describe("the anchor of", () => {
  it.each<[ErrorCode, string]>([
    ["BOOT", "boot"],
    ["NO_URL", "no_url"],
    ["", "cancelled"],
    ["ERR-02-005", "err-02-005"],
    ["ERR-99-001", "other-err-codes"],
    ["ERR-constructor", "other-err-codes"],
    ["HTTP-401", "http-401"],
    ["HTTP-200", "http-2xx"],
    ["HTTP-302", "http-3xx"],
    ["HTTP-418", "http-4xx"],
    ["HTTP-503", "http-5xx"],
    ["HTTP-999", "http-5xx"],
    ["HTTP-100", "http-2xx"],
  ])("%s", (code, anchor) => expect(anchorOf(code)).toBe(anchor));
});

describe("the address of a section", () => {
  const runner = {
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_ACTION_REPOSITORY: "acme/replicas",
    GITHUB_ACTION_REF: "v1.2.3",
  };

  it.each([
    [
      "the repository and the ref that the workflow names",
      runner,
      "github.com/acme/replicas/blob/v1.2.3",
    ],
    [
      "a server of one's own",
      { ...runner, GITHUB_SERVER_URL: "https://git.acme.example:8443" },
      "git.acme.example:8443/acme/replicas/blob/v1.2.3",
    ],
    [
      "a branch with a slash",
      { ...runner, GITHUB_ACTION_REF: "releases/v1" },
      "github.com/acme/replicas/blob/releases/v1",
    ],
  ])("is in %s", (_name, env, where) => {
    expect(sectionUrl("BOOT", env)).toBe(`https://${where}/docs/operations.md#boot`);
  });

  it.each([
    ["nothing is told, as for uses: ./", {}],
    ["the repository is empty", { ...runner, GITHUB_ACTION_REPOSITORY: "" }],
    ["the ref is empty", { ...runner, GITHUB_ACTION_REF: "" }],
    ["the repository is odd", { ...runner, GITHUB_ACTION_REPOSITORY: "acme/replicas/../x" }],
    ["the ref is odd", { ...runner, GITHUB_ACTION_REF: "v1#x)\n::error::" }],
    ["the server is odd", { ...runner, GITHUB_SERVER_URL: "javascript:alert(1)" }],
    ["the ref is endless", { ...runner, GITHUB_ACTION_REF: "v".repeat(250) }],
  ])("is that of the released document where %s", (_name, env) => {
    expect(sectionUrl("HTTP-401", env)).toBe(`${HOME}#http-401`);
  });
});
