/**
 * What happens when an answer, or the runner itself, is lost: on the bundle, as processes. One file, since
 * its cases sit out settle windows of half a minute, which overlap only within a file; those that wait
 * longest come first.
 */
import { certain, done, undone } from "./faults.suite.ts";
import { killed } from "./killed.suite.ts";
import { blindFromTheStart, blindLater } from "./list.suite.ts";
import { reruns } from "./reruns.suite.ts";
import { neverMade, strangers } from "./strangers.suite.ts";

blindLater();
undone();
neverMade();
reruns();
killed();
blindFromTheStart();
done();
certain();
strangers();
