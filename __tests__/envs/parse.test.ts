import { describe, expect, it } from "@jest/globals";
import { parseEnvs } from "../../src/envs/parse.ts";

type Row = readonly [key: string, value: string];

function rowsOf(text: string): Row[] {
  return parseEnvs(text).pairs.map(({ key, value }) => [key, value]);
}

const READABLE: readonly { name: string; text: string; rows: readonly Row[] }[] = [
  { name: "a plain line", text: "A=1", rows: [["A", "1"]] },
  { name: "white space around everything", text: "  A = 1 \t", rows: [["A", "1"]] },
  {
    name: "an empty value",
    text: "A=\nB=''",
    rows: [
      ["A", ""],
      ["B", ""],
    ],
  },
  { name: "equals signs in a value", text: "A=b=c==", rows: [["A", "b=c=="]] },
  {
    name: "export",
    text: "export A=1\n  export\tB=2",
    rows: [
      ["A", "1"],
      ["B", "2"],
    ],
  },
  {
    name: "a variable called export",
    text: "export=1\nexport export_=2",
    rows: [
      ["export", "1"],
      ["export_", "2"],
    ],
  },
  { name: "a colon", text: "A: 1", rows: [["A", "1"]] },
  {
    name: "CRLF",
    text: "A=1\r\nB=2\r\n",
    rows: [
      ["A", "1"],
      ["B", "2"],
    ],
  },
  {
    name: "lone carriage returns",
    text: "A=1\rB=2",
    rows: [
      ["A", "1"],
      ["B", "2"],
    ],
  },
  { name: "a byte order mark", text: "\uFEFFA=1", rows: [["A", "1"]] },
  { name: "comments and blank lines", text: "# A=0\n\n  # B\nA=1 # one\n#", rows: [["A", "1"]] },
  { name: "a comment behind quotes", text: 'A="1 # 2" # it\'s', rows: [["A", "1 # 2"]] },
  {
    name: "only a comment as value",
    text: "A= # none\nB: # none",
    rows: [
      ["A", ""],
      ["B", ""],
    ],
  },
  { name: "single quotes, taken literally", text: "A=' \\n$B '", rows: [["A", " \\n$B "]] },
  { name: "double quotes, with line escapes", text: 'A=" x\\ny\\rz "', rows: [["A", " x\ny\rz "]] },
  { name: "backticks around both quotes", text: "A=`'x' \"y\"`", rows: [["A", "'x' \"y\""]] },
  {
    name: "inner quotes of the same kind",
    text: 'A=\'it\'s\'\nB=""x""',
    rows: [
      ["A", "it's"],
      ["B", '"x"'],
    ],
  },
  { name: "quotes in the middle", text: 'A={"a": "b"}', rows: [["A", '{"a": "b"}']] },
  {
    name: "a value of several lines",
    text: 'A="-----BEGIN-----\n  MII=\n\n# kept\n-----END-----"\nB=2',
    rows: [
      ["A", "-----BEGIN-----\n  MII=\n\n# kept\n-----END-----"],
      ["B", "2"],
    ],
  },
  {
    name: "several lines with CRLF",
    text: "A='x\r\ny'\r\nB=2",
    rows: [
      ["A", "x\ny"],
      ["B", "2"],
    ],
  },
  {
    name: "lines inside a value that look like variables",
    text: "A='\nA=1\nexport B=2\nC: 3\n'\nB=4",
    rows: [
      ["A", "\nA=1\nexport B=2\nC: 3\n"],
      ["B", "4"],
    ],
  },
  { name: "any Unicode", text: "A=ñ 🙂 \u2028", rows: [["A", "ñ 🙂"]] },
  {
    name: "an unquoted value with a trailing backslash",
    text: "A=x\\\nB=2",
    rows: [
      ["A", "x\\"],
      ["B", "2"],
    ],
  },
  {
    name: "the text's order, not the parser's",
    text: "_9=a\nB=b\nA=c",
    rows: [
      ["_9", "a"],
      ["B", "b"],
      ["A", "c"],
    ],
  },
  {
    name: "names that objects have",
    text: "__proto__=1\nconstructor=2\ntoString=3\nhasOwnProperty=4",
    rows: [
      ["__proto__", "1"],
      ["constructor", "2"],
      ["toString", "3"],
      ["hasOwnProperty", "4"],
    ],
  },
  {
    name: "a text that holds the parser's own labels",
    text: "LABEL0_0_=LABEL0_1_\nB='LABEL1_0_\nLABEL0_=2'",
    rows: [
      ["LABEL0_0_", "LABEL0_1_"],
      ["B", "LABEL1_0_\nLABEL0_=2"],
    ],
  },
];

describe("parseEnvs reads", () => {
  it.each(READABLE)("$name", ({ text, rows }) => {
    expect(parseEnvs(text).faults).toEqual([]);
    expect(rowsOf(text)).toEqual(rows);
  });
});

const SKIPPED = "not of the form KEY=VALUE (a value of several lines must be in quotes)";
const OPEN_QUOTE = "begins with a quote that does not close at its end";
const NAME_FORM = "a name must be of letters, digits and underscores, and not begin with a digit";

const FAULTY: readonly { name: string; text: string; faults: readonly string[] }[] = [
  { name: "nothing", text: "", faults: ["there is no variable in it"] },
  { name: "only comments", text: "# A=1\n\n", faults: ["there is no variable in it"] },
  {
    name: "a duplicate",
    text: "A=1\n\nB=2\nA=1",
    faults: ["line 4: A is given again, after line 1"],
  },
  {
    name: "each further duplicate",
    text: "A=1\nexport A=2\nA: 3",
    faults: ["line 2: A is given again, after line 1", "line 3: A is given again, after line 1"],
  },
  {
    name: "a duplicate of __proto__",
    text: "__proto__=1\n__proto__=2",
    faults: ["line 2: __proto__ is given again, after line 1"],
  },
  {
    name: "a duplicate with an empty value",
    text: "A=\nA=",
    faults: ["line 2: A is given again, after line 1"],
  },
  {
    name: "a duplicate behind a value of several lines",
    text: "A='\nA=1\n'\nA=2",
    faults: ["line 4: A is given again, after line 1"],
  },
  { name: "a line without a sign", text: "A=1\nword\nB=2", faults: [`line 2 is ${SKIPPED}`] },
  {
    name: "a block of such lines, once",
    text: "A=1\none\ntwo\nB=2\nthree",
    faults: [`lines 2 to 3 are ${SKIPPED}`, `line 5 is ${SKIPPED}`],
  },
  { name: "a name of two words", text: "MY KEY=1", faults: [`line 1 is ${SKIPPED}`] },
  { name: "a name in quotes", text: '"A"=1', faults: [`line 1 is ${SKIPPED}`] },
  { name: "no name", text: "=1", faults: [`line 1 is ${SKIPPED}`] },
  { name: "export without a variable", text: "export A", faults: [`line 1 is ${SKIPPED}`] },
  { name: "a sign on the next line", text: "A\n=1", faults: [`lines 1 to 2 are ${SKIPPED}`] },
  { name: "a quoted value on the next line", text: 'A=\n"1"', faults: [`line 2 is ${SKIPPED}`] },
  {
    name: "a colon without a value, which would swallow the next line",
    text: "A:\nB=2",
    faults: [`line 1 is ${SKIPPED}`],
  },
  {
    name: "a colon with only a space behind it",
    text: "A: \nB=2",
    faults: [`line 1 is ${SKIPPED}`],
  },
  {
    name: "the unquoted lines of a key file",
    text: "A=-----BEGIN\nMII\nxyz=\n-----END",
    faults: [`line 2 is ${SKIPPED}`, `line 4 is ${SKIPPED}`],
  },
  {
    name: "an open double quote",
    text: 'A="x\nB=2',
    faults: [`line 1: the value of A ${OPEN_QUOTE}`],
  },
  {
    name: "an open single quote alone",
    text: "A='",
    faults: [`line 1: the value of A ${OPEN_QUOTE}`],
  },
  {
    name: "an open backtick",
    text: "B=1\nA= `x # y",
    faults: [`line 2: the value of A ${OPEN_QUOTE}`],
  },
  {
    name: "text behind the closing quote",
    text: 'A="x" y',
    faults: [`line 1: the value of A ${OPEN_QUOTE}`],
  },
  { name: "a dash in a name", text: "A-B=1", faults: [`line 1: ${NAME_FORM}`] },
  {
    name: "a dot in a name, twice",
    text: "A.B=1\nA.B=2",
    faults: [`line 1: ${NAME_FORM}`, `line 2: ${NAME_FORM}`],
  },
  { name: "a digit first", text: "10=1", faults: [`line 1: ${NAME_FORM}`] },
  { name: "a letter beyond ASCII in a name", text: "É=1", faults: [`line 1 is ${SKIPPED}`] },
  {
    name: "half a surrogate pair",
    text: "A=\uD83D",
    faults: ["line 1: the value of A is not valid Unicode"],
  },
  {
    name: "a NUL",
    text: "A=x\0y",
    faults: ["line 1: the value of A holds a NUL character, which no environment variable can"],
  },
  {
    name: "a line end that only the parser knows",
    text: "A=1 # x\u2028B=2",
    faults: ["the lines can be read in more than one way; put the values in quotes"],
  },
  {
    name: "all faults in the order of their lines",
    text: "A=1\nx\nB='\nA=2\n1=3",
    faults: [
      `line 2 is ${SKIPPED}`,
      `line 3: the value of B ${OPEN_QUOTE}`,
      "line 4: A is given again, after line 1",
      `line 5: ${NAME_FORM}`,
    ],
  },
];

describe("parseEnvs refuses", () => {
  it.each(FAULTY)("$name", ({ text, faults }) => {
    expect(parseEnvs(text).faults).toEqual(faults);
  });

  it("gives the pairs with the faults, for masking", () => {
    expect(rowsOf("A=one\nA=two\nrest\nB-C=three")).toEqual([
      ["A", "one"],
      ["A", "two"],
      ["B-C", "three"],
    ]);
  });
});

describe("the guest's limits", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, n) => `V${n}=`).join("\n");
  const value = (bytes: number) => "v".repeat(bytes);

  it.each([
    { name: "a name of 255 characters", text: `${"N".repeat(255)}=1` },
    { name: "a value of 128 KiB", text: `A=${value(128 * 1024)}` },
    { name: "1024 variables", text: lines(1024) },
    // {"env":[{"key":"A","value":"…"},{"key":"B","value":"…"}]} and 60 bytes around it.
    {
      name: "a sealed blob of 256 KiB",
      text: `A=${value(131_000)}\nB=${value(262_144 - 131_000 - 115)}`,
    },
    { name: "10,000 lines", text: `A=1${"\n#".repeat(9_999)}` },
  ])("allow $name", ({ text }) => {
    expect(parseEnvs(text).faults).toEqual([]);
  });

  it.each([
    {
      name: "a longer name",
      text: `${"N".repeat(256)}=1`,
      fault: "line 1: a name must not have more than 255 characters",
    },
    {
      name: "a longer value",
      text: `B=\nA=${value(131_073)}`,
      fault: "line 2: the value of A has 131073 bytes, the limit is 131072",
    },
    {
      name: "a value that is longer only in UTF-8",
      text: `A=${"é".repeat(65_537)}`,
      fault: "line 1: the value of A has 131074 bytes, the limit is 131072",
    },
    {
      name: "1025 variables",
      text: lines(1025),
      fault: "there are 1025 variables, the limit is 1024",
    },
    {
      name: "a longer blob",
      text: `A=${value(131_000)}\nB=${value(262_144 - 131_000 - 114)}`,
      fault: "the variables together have 262145 bytes once encrypted, the limit is 262144",
    },
    {
      name: "a longer text",
      text: `A=1\n#${value(512 * 1024)}`,
      fault: "the text has more than 524288 characters or 10000 lines",
    },
    {
      name: "more lines",
      text: `A=1${"\n".repeat(10_000)}`,
      fault: "the text has more than 524288 characters or 10000 lines",
    },
  ])("refuse $name", ({ text, fault }) => {
    expect(parseEnvs(text).faults).toEqual([fault]);
  });
});

describe("notes", () => {
  const cut = (line: number) =>
    `line ${line}: the value of A ends at the #, the rest is a comment; quote the value to keep it`;

  it.each([
    { name: "a # inside an unquoted value", text: "B=1\nA=abc#def", notes: [cut(2)] },
    { name: "the same behind a space", text: "A= abc#def", notes: [cut(1)] },
    { name: "a # as its first character", text: "A=#fff", notes: [cut(1)] },
    {
      name: "a quote that a backslash keeps open over the next variable",
      text: "A='C:\\'\nB='\nC=3'",
      notes: [
        "line 1: the value of A has a line that ends with a backslash and a quote; it goes on after it, over what looks like another variable",
      ],
    },
    { name: "no backslash before a quote that ends the value", text: "A='C:\\'\nB='x'", notes: [] },
    { name: "no comment behind a space", text: "A=abc #def\nB= #x", notes: [] },
    { name: "no quoted #", text: "A='a#b'\nB=\"#\"#c", notes: [] },
    { name: "nothing while there are faults", text: "A=abc#def\nrest", notes: [] },
  ])("tell of $name", ({ text, notes }) => {
    expect(parseEnvs(text).notes).toEqual(notes);
  });
});
