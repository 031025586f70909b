/** The proxies that the runner's environment names, as everybody writes them. */
import { describe, expect, it } from "@jest/globals";
import { chooseProxy, parseProxy, unusableProxy } from "../../src/text/proxy.ts";

const plain = { secure: false, host: "proxy.internal", port: 3128, credentials: null };

describe("parseProxy", () => {
  it.each([
    ["http://proxy.internal:3128", plain],
    ["http://proxy.internal:3128/", plain],
    ["HTTP://proxy.internal:3128/path?x#y", plain],
    ["proxy.internal:3128", plain],
    ["127.0.0.1:3128", { ...plain, host: "127.0.0.1" }],
    ["proxy", { ...plain, host: "proxy", port: 80 }],
    ["https://proxy.internal", { ...plain, secure: true, port: 443 }],
    ["https://proxy.internal:80", { ...plain, secure: true, port: 80 }],
    ["http://[::1]:3128", { ...plain, host: "::1" }],
    ["http://a:b@proxy.internal:3128", { ...plain, credentials: "a:b" }],
    ["a:b@proxy.internal:3128", { ...plain, credentials: "a:b" }],
    ["http://a@proxy.internal:3128", { ...plain, credentials: "a:" }],
    ["http://a:p%40ss%3a@proxy.internal:3128", { ...plain, credentials: "a:p@ss:" }],
    ["http://a:p@ss@proxy.internal:3128", { ...plain, credentials: "a:p@ss" }],
    ["http://a:p/s?s#@proxy.internal:3128", { ...plain, credentials: "a:p/s?s#" }],
    ["http://a:50%@proxy.internal:3128", { ...plain, credentials: "a:50%" }],
    ["http://a:50%ff@proxy.internal:3128", { ...plain, credentials: "a:50%ff" }],
    ["http://a:12/34@proxy.internal:3128", { ...plain, credentials: "a:12/34" }],
    ["http://a:b:c@proxy.internal:3128", { ...plain, credentials: "a:b:c" }],
  ])("reads %s", (text, expected) => expect(parseProxy(text)).toEqual(expected));

  it.each([
    "",
    "http://",
    "https://:3128",
    "socks5://proxy:1080",
    "file:///etc/proxy",
    "http://proxy:99999",
    "http://proxy:0",
    "http://two words",
    "http://a:b@",
    "http://[::1",
  ])("refuses %j", (text) => expect(parseProxy(text)).toBeNull());
});

describe("chooseProxy", () => {
  const api = new URL("https://api.example.com/v1");

  it.each([
    ["https_proxy", { https_proxy: "http://one:1", HTTPS_PROXY: "http://two:2" }, "one"],
    ["HTTPS_PROXY", { HTTPS_PROXY: "http://two:2" }, "two"],
    ["the other where one is blank", { https_proxy: " ", HTTPS_PROXY: "http://two:2" }, "two"],
    ["white space around it", { https_proxy: " http://one:1\n" }, "one"],
  ])("goes by %s", (_name, env, host) => {
    expect(chooseProxy(api, env)).toMatchObject({ kind: "proxy", proxy: { host } });
  });

  it.each([
    {},
    { https_proxy: "" },
    { http_proxy: "http://one:1", HTTP_PROXY: "http://two:2", ALL_PROXY: "http://three:3" },
  ])("goes straight where none is named for https: %j", (env) => {
    expect(chooseProxy(api, env)).toEqual({ kind: "direct" });
  });

  it.each([
    ["*", true],
    ["api.example.com", true],
    ["API.Example.COM", true],
    ["api.example.com:443", true],
    ["api.example.com:8443", false],
    ["example.com", true],
    [".example.com", true],
    ["*.example.com", true],
    ["other.test, example.com ,", true],
    ["ample.com", false],
    ["api.example.com.evil.test", false],
    [",", false],
  ])("no_proxy=%s goes past it: %s", (no_proxy, past) => {
    const env = { https_proxy: "http://one:1" };
    const kind = past ? "direct" : "proxy";
    expect(chooseProxy(api, { ...env, no_proxy }).kind).toBe(kind);
    expect(chooseProxy(api, { ...env, NO_PROXY: no_proxy }).kind).toBe(kind);
  });

  it.each(["http://127.0.0.1:1/", "https://localhost/", "https://[::1]:8443/"])(
    "never asks it for this machine: %s",
    (url) => {
      const env = { https_proxy: "http://one:1", http_proxy: "http://one:1" };
      expect(chooseProxy(new URL(url), env)).toEqual({ kind: "direct" });
    },
  );

  it("sends nothing around one that can't be used", () => {
    expect(chooseProxy(api, { HTTPS_PROXY: "socks5://one:1" })).toEqual({
      kind: "unusable",
      variable: "HTTPS_PROXY",
    });
  });
});

describe("unusableProxy", () => {
  it.each([
    [{}, null],
    [{ https_proxy: "proxy:3128" }, null],
    [{ https_proxy: "socks5://proxy" }, "https_proxy"],
    [{ HTTPS_PROXY: "http://" }, "HTTPS_PROXY"],
    [{ HTTPS_PROXY: "http://", no_proxy: "api.example.com" }, "HTTPS_PROXY"],
    // Turned off altogether.
    [{ HTTPS_PROXY: "http://", no_proxy: "*" }, null],
    // Never asked: http: leads to this machine alone.
    [{ HTTP_PROXY: "http://" }, null],
  ])("of %j is %j", (env, expected) => expect(unusableProxy(env)).toBe(expected));
});
