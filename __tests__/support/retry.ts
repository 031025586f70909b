import { expect, jest } from "@jest/globals";

// Processes on a busy machine now and then miss a moment that a test needs. What failed and then passed is
// shown in the report and counted by .ci/run, so that it can be mended. What waits for no process fails for a
// reason, and is not tried again.
const { testPath = "" } = expect.getState();
if (!/__tests__.(?:unit|simulation|attest)./.test(testPath)) {
  jest.retryTimes(2, { logErrorsBeforeRetry: true });
}
