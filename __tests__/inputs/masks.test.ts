/** The secrets among the inputs, which are masked before anything else happens. */
import { describe, expect, it } from "@jest/globals";
import { maskSecrets } from "../../src/inputs/masks.ts";

/** The environment of a step with these inputs and a key. */
function stepEnv(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ api_key: "phak_key", ...inputs }).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]),
  );
}

describe("maskSecrets", () => {
  /** What is masked everywhere, and what in print alone. */
  function masked(from: Readonly<Record<string, string>>): {
    all: string[];
    printed: string[];
    unprinted: string[];
  } {
    const all: string[] = [];
    const printed: string[] = [];
    const unprinted: string[] = [];
    maskSecrets(from, {
      mask: (secret) => all.push(secret),
      maskPrinted: (value) => printed.push(value),
      neverPrint: (value) => unprinted.push(value),
    });
    return { all, printed, unprinted };
  }

  it("masks the key, the environment's key, and the blob in each form that a server may repeat", () => {
    const inputs = stepEnv({ api_key: " key-1 ", encrypted_env: "0x00fF00ff" });
    const { all, printed } = masked({ ...inputs, PHALA_CLOUD_API_KEY: "key-2\n" });
    const wanted = ["key-1", "key-2", "0x00fF00ff", "00fF00ff", "00ff00ff", "00FF00FF"];
    expect(all.toSorted()).toEqual(wanted.toSorted());
    expect(printed).toEqual([]);
  });

  it("masks each variable in print alone", () => {
    const { all, printed } = masked(
      stepEnv({ envs: "A=first-value\nB=second-value\nC=\nD=first-value" }),
    );
    expect(all).toEqual(["phak_key"]);
    expect(printed).toEqual(["first-value", "second-value"]);
  });

  it("leaves everyday values of variables alone, and those of envs_plain", () => {
    const { printed } = masked(
      stepEnv({
        envs: "PORT=8080\nWORKERS=2\nDEBUG=True\nENV=dev\nTOKEN=t0k3n-of-ours\nMODE=prod",
        envs_plain: "GIT_SHA=0123456789abcdef",
      }),
    );
    expect(printed).toEqual(["t0k3n-of-ours", "prod"]);
  });

  it.each(["'", '"', "`"])("masks a key that was pasted between %s without them too", (quote) => {
    const { all } = masked(stepEnv({ api_key: `${quote}phak_inside${quote}` }));
    expect(all).toEqual([`${quote}phak_inside${quote}`, "phak_inside"]);
    const env = { PHALA_CLOUD_API_KEY: `${quote}phak_env${quote}` };
    expect(masked(env).all).toContain("phak_env");
  });

  it("keeps the commit token out of print, but masks it nowhere, so that it can cross jobs", () => {
    expect(masked(stepEnv({ commit_token: " token-of-eight " }))).toEqual({
      all: ["phak_key"],
      printed: [],
      unprinted: ["token-of-eight"],
    });
  });

  it("masks values that are not of the form", () => {
    const { all } = masked(stepEnv({ api_key: "two words", encrypted_env: "odd" }));
    expect(all).toEqual(expect.arrayContaining(["two words", "odd"]));
  });

  it("masks nothing where nothing is given", () => {
    expect(masked({ INPUT_API_KEY: " ", PHALA_CLOUD_API_KEY: "\n" })).toEqual({
      all: [],
      printed: [],
      unprinted: [],
    });
  });
});
