import { describe, expect, it } from "@jest/globals";
import { namesNotAllowed } from "../../src/envs/allowed.ts";

const PAIRS = ["B", "A", "__proto__", "constructor"].map((key) => ({ key, value: "1" }));
const ALL = PAIRS.map(({ key }) => key);

describe("namesNotAllowed", () => {
  it.each<{ name: string; file: unknown; dropped: readonly string[] }>([
    {
      name: "an object",
      file: { allowed_envs: ["A", "constructor"] },
      dropped: ["B", "__proto__"],
    },
    {
      name: "JSON text",
      file: '{"allowed_envs":["B"]}',
      dropped: ["A", "__proto__", "constructor"],
    },
    { name: "all of them, and more", file: { allowed_envs: [...ALL, "C"] }, dropped: [] },
    { name: "none", file: { allowed_envs: [] }, dropped: ALL },
    { name: "names in another case", file: { allowed_envs: ["a", "b"] }, dropped: ALL },
    { name: "no list", file: { runner: "docker-compose" }, dropped: [] },
    { name: "a list that is inherited", file: Object.create({ allowed_envs: [] }), dropped: [] },
    { name: "null as list", file: { allowed_envs: null }, dropped: [] },
    { name: "a text as list", file: { allowed_envs: "A" }, dropped: [] },
    { name: "a list with something else in it", file: { allowed_envs: ["A", 1] }, dropped: [] },
    { name: "text that is not JSON", file: "services: {}", dropped: [] },
    { name: "JSON of another type", file: '["A"]', dropped: [] },
    { name: "null", file: null, dropped: [] },
    { name: "nothing", file: undefined, dropped: [] },
    { name: "a number", file: 7, dropped: [] },
  ])("with $name", ({ file, dropped }) => {
    expect(namesNotAllowed(PAIRS, file)).toEqual(dropped);
  });
});
