/**
 * Everything that runs the bundle for a workflow. One file, so that what mostly waits waits at the same time:
 * jest starts all concurrent tests of a file together.
 */
import "./demo.suite.ts";
import "./examples.suite.ts";
import "./examples-github.suite.ts";
