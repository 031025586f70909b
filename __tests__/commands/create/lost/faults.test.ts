/**
 * The fault table, on the bundle as processes.
 * A file of its own, since its cases sit out settle windows of half a minute, which only overlap within one
 * `describe` or between files.
 */
import { certain, done, undone } from "./faults.suite.ts";

undone();
done();
certain();
