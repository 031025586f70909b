import { expect } from "@jest/globals";
import {
  expectMade,
  guestsFind,
  inBothWorlds,
  job,
  type Pairs,
  plaintext,
  posts,
  warnings,
  withCloud,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

const WORD = seed("word");
const PEM = `-----BEGIN KEY-----\n${seed("first")}==\n${seed("second")}\n-----END KEY-----`;
const MANY: Pairs = Array.from({ length: 1024 }, (_, n) => [`V_${n}`, `seed_${n + 10_000_000}`]);

/** The text of `envs`, and the variables that a guest must find. */
const TEXTS: Readonly<Record<string, readonly [string, Pairs]>> = {
  "one variable": [`TOKEN=${WORD}`, [["TOKEN", WORD]]],
  "several, whose order stays": [
    `Z=${WORD}\nA=2\n_10=three`,
    [
      ["Z", WORD],
      ["A", "2"],
      ["_10", "three"],
    ],
  ],
  "an equals sign in values": [
    `URL=postgres://u:${WORD}@db/x?a=b&c=d==\nE==`,
    [
      ["URL", `postgres://u:${WORD}@db/x?a=b&c=d==`],
      ["E", "="],
    ],
  ],
  "each kind of quotes": [
    `S='  ${WORD} "in" \\n #1 '\nD="it's\\n${WORD}"\nB=\`both ' and " ${WORD}\``,
    [
      ["S", `  ${WORD} "in" \\n #1 `],
      ["D", `it's\n${WORD}`],
      ["B", `both ' and " ${WORD}`],
    ],
  ],
  "values of several lines": [
    `KEY="${PEM}"\nNEXT='one\n\n# two\nA=3'`,
    [
      ["KEY", PEM],
      ["NEXT", "one\n\n# two\nA=3"],
    ],
  ],
  "Windows line ends": [
    `A=${WORD}\r\nB="x\r\ny"\r\n\r\nC=3\r\n`,
    [
      ["A", WORD],
      ["B", "x\ny"],
      ["C", "3"],
    ],
  ],
  "export in front": [
    `export A=${WORD}\n  export   B='b b'`,
    [
      ["A", WORD],
      ["B", "b b"],
    ],
  ],
  "comments and blank lines": [
    `# first\n\nA=${WORD} # why\n   # B=1\nC="#${WORD}"\n`,
    [
      ["A", WORD],
      ["C", `#${WORD}`],
    ],
  ],
  "blanks around names and values": [
    `A = ${WORD}  \n  B=\t two words \t`,
    [
      ["A", WORD],
      ["B", "two words"],
    ],
  ],
  Unicode: [
    `A=Zürich-${WORD}-日本語-🚀\nB="e\u0301 \u202e \u2028 \u00a0"`,
    [
      ["A", `Zürich-${WORD}-日本語-🚀`],
      ["B", "e\u0301 \u202e \u2028 \u00a0"],
    ],
  ],
  JSON: [`A={"k": "${WORD}", "n": [1, 2]}`, [["A", `{"k": "${WORD}", "n": [1, 2]}`]]],
  "empty values": [
    `A=\nB=""\nC=${WORD}`,
    [
      ["A", ""],
      ["B", ""],
      ["C", WORD],
    ],
  ],
  "names that objects have already": [
    `__proto__=${WORD}\nconstructor=c\ntoString=t`,
    [
      ["__proto__", WORD],
      ["constructor", "c"],
      ["toString", "t"],
    ],
  ],
  "what other tools would expand": [
    `A=$HOME\nB=\${C}\nC='$(id)'\nD=100%25%0A\nE='\${{ github.token }}'\nF=${WORD}`,
    [
      ["A", "$HOME"],
      ["B", `\${C}`],
      ["C", "$(id)"],
      ["D", "100%25%0A"],
      ["E", `\${{ github.token }}`],
      ["F", WORD],
    ],
  ],
  "what the runner would take for commands": [
    `A='::error::${WORD}'\nB="x\n::set-output name=a::${WORD}\n##[error]${WORD}"`,
    [
      ["A", `::error::${WORD}`],
      ["B", `x\n::set-output name=a::${WORD}\n##[error]${WORD}`],
    ],
  ],
  "as many as a guest takes": [MANY.map(([name, value]) => `${name}=${value}`).join("\n"), MANY],
  "a name as long as a guest takes": [`${"n".repeat(255)}=${WORD}`, [["n".repeat(255), WORD]]],
  // An environment variable of a Linux process holds 128 KiB at the most, and the input is one.
  "a value as long as an input can be": [
    `A='${WORD.padEnd(130_000, "e")}'`,
    [["A", WORD.padEnd(130_000, "e")]],
  ],
};

/** What the runner must hide of a value: each of its lines, but for what is too short to be a secret. */
function maskedParts(value: string): string[] {
  const parts = value.includes("\n") ? value.split("\n").map((line) => line.trim()) : [value];
  return parts.filter((part) => part.trim().length >= 4);
}

/** Those whose text might change on its way through the environment of a process. */
const PROCESSES = [
  "each kind of quotes",
  "values of several lines",
  "Windows line ends",
  "Unicode",
  "what the runner would take for commands",
  "a value as long as an input can be",
];

inBothWorlds(
  "the guest finds exactly the variables that were given: %s",
  Object.entries(TEXTS),
  PROCESSES,
  async (asProcess, _name, [envs, pairs]) => {
    await withCloud(asProcess, { allowedEnvs: pairs.map(([name]) => name) }, async (sim) => {
      const result = await job(sim, { envs });
      expectMade(sim, result);
      expect(guestsFind(sim)).toEqual([plaintext(pairs)]);
      expect(posts(sim)).toEqual({ create: 1, commit: 0 });
      expect(warnings(result)).toEqual([]);
      const masked = new Set(pairs.flatMap(([, value]) => maskedParts(value)));
      expect(result.masks).toEqual(expect.arrayContaining([...masked]));
      // A brace or a single letter would take every output along that holds it.
      expect(result.masks.filter((mask) => mask.trim().length < 4)).toEqual([]);
    });
  },
);
