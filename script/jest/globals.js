// `@jest/globals` for one file of tests, which has a copy of this module: see runtime.js.
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } =
  globalThis;
