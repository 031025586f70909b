/**
 * The runner dies: main is killed at named moments, and post finds what is left.
 * A file of its own, since its cases sit out settle windows of half a minute, which only overlap within one
 * `describe` or between files.
 */
import { killed } from "./killed.suite.ts";

killed();
