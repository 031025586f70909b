/**
 * Somebody else creates CVMs in the same window.
 * A file of its own, since its cases sit out settle windows of half a minute, which only overlap within one
 * `describe` or between files.
 */
import { neverMade, strangers } from "./strangers.suite.ts";

neverMade();
strangers();
