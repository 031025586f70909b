/**
 * The same job runs again and again, killed and faulted in between.
 * A file of its own, since its cases sit out settle windows of half a minute, which only overlap within one
 * `describe` or between files.
 */
import { reruns } from "./reruns.suite.ts";

reruns();
