import { jest } from "@jest/globals";

// Processes on a busy machine now and then miss a moment that a test needs. A defect fails every time; what
// failed and then passed is shown in the report, so that it can be mended.
jest.retryTimes(2, { logErrorsBeforeRetry: true });
