/** What a dry run would send, in the words of its log. */
import type { RequestParts } from "../../phala/requests.ts";

/** A request of a dry run, exactly as it would go out; secrets by their length only. */
export function planned(apiUrl: string, request: RequestParts): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `, ${name}: ${value}`);
  const body = request.body === undefined ? "no body" : `body ${withoutBlob(request.body)}`;
  return `POST ${apiUrl}${request.path} (X-API-Key: not shown${headers.join("")}), ${body}`;
}

function withoutBlob(body: string): string {
  return body
    .replace(/"encrypted_env":"([^"]*)"/, (_, blob: string) => {
      return `"encrypted_env":"(${blob.length} hex digits, not shown)"`;
    })
    .replace(/"docker_compose_file":"((?:[^"\\]|\\.)*)"/, (_, file: string) => {
      return `"docker_compose_file":"(${file.length} characters, not shown)"`;
    })
    .replace(/"token":"(?:[^"\\]|\\.)*"/, '"token":"(not shown)"');
}

export function dryRunEnd(requests: number): string {
  if (requests === 0) return "Dry run: no request would be sent.";
  const what = requests === 1 ? "1 request" : `${requests} requests, in this order,`;
  return `Dry run: ${what} would be sent; none was.`;
}
