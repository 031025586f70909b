/**
 * The app's list can't be read, from the start or later.
 * A file of its own, since its cases sit out settle windows of half a minute, which only overlap within one
 * `describe` or between files.
 */
import { blindFromTheStart, blindLater } from "./list.suite.ts";

blindLater();
blindFromTheStart();
