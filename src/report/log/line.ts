/** A line of the log, or an annotation that is no error. */
export interface LogLine {
  readonly as: "info" | "warning";
  readonly text: string;
}

export function info(text: string): LogLine {
  return { as: "info", text };
}

export function warning(text: string): LogLine {
  return { as: "warning", text };
}

/** Where the app is to be seen. */
export interface Place {
  readonly workspaceSlug: string | null;
  readonly appId: string | null;
}
