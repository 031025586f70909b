/** A span of time as people say it. @param ms milliseconds */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, "")} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, "min", seconds % 60, "s");
  return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function joined(many: number, big: string, few: number, small: string): string {
  return few === 0 ? `${many} ${big}` : `${many} ${big} ${few} ${small}`;
}

/** `08:15:09 UTC`. @param at ms since the epoch */
export function timeOfDay(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

/** A moment as everybody reads it. @param at ms since the epoch */
export function moment(at: number): string {
  return new Date(at).toISOString();
}
