// The tests are TypeScript modules run as they stand: Node 24 strips the types (script/strip-types.js),
// so there is no second compiler whose reading of the code could differ from the build's.
export default {
  testEnvironment: "<rootDir>/script/test-environment.js",
  // Most tests wait for processes: many may wait at once, in more files than there are cores.
  maxWorkers: 8,
  // A hang is what this is for; how long a test takes says more of the machine than of the code. In ms.
  testTimeout: 480_000,
  maxConcurrency: 64,
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/script/strip-types.js" },
};
