// The tests are TypeScript modules run as they stand, by Node itself: see script/jest/runtime.js.
export default {
  runner: "<rootDir>/script/jest/runner.js",
  runtime: "<rootDir>/script/jest/runtime.js",
  testEnvironment: "<rootDir>/script/jest/environment.js",
  testSequencer: "<rootDir>/script/jest/sequencer.js",
  // Most tests wait for processes: many may wait at once, in more files than there are cores.
  maxWorkers: 6,
  // A hang is what this is for; how long a test takes says more of the machine than of the code. In ms.
  testTimeout: 480_000,
  maxConcurrency: 64,
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  transform: {},
};
