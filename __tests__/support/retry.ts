import { jest } from "@jest/globals";

// Processes on a busy machine now and then miss a moment that a test needs. Imported by what starts processes and
// sockets, and by nothing else: what runs in one process fails for a reason, and is not tried again. What failed
// and then passed is shown in the report and counted by .ci/run, so that it can be mended.
jest.retryTimes(2, { logErrorsBeforeRetry: true });
