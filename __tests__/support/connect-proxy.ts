/**
 * A CONNECT proxy as a process of its own, as a company's network has it. It knows names that no resolver
 * knows. First argument: JSON, `{"names": {"host": port}, "user": "name:password", "refuse": status}`;
 * all but `names` is optional. Prints its port, then one line of JSON for each request.
 */
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

interface Settings {
  /** Loopback port behind each name. */
  readonly names: Readonly<Record<string, number>>;
  /** Name and password that the proxy asks for. */
  readonly user?: string;
  /** Status of every answer; `0`: never answers. */
  readonly refuse?: number;
  /** Which tunnels (from 1) break after the proxy's 200, before TLS stands. */
  readonly breaks?: readonly number[];
}

const settings = JSON.parse(process.argv[2] ?? "{}") as Settings;
const server = createServer((request, response) => {
  console.log(
    JSON.stringify({ method: request.method, target: request.url, headers: request.headers }),
  );
  response.writeHead(501).end();
});
let tunnels = 0;
server.on("connect", (request, socket: Socket, head: Buffer) => {
  const { method, url: target = "", headers } = request;
  console.log(JSON.stringify({ method, target, headers }));
  socket.on("error", () => socket.destroy());
  if (settings.refuse === 0) return;
  const wanted = settings.user && `Basic ${Buffer.from(settings.user).toString("base64")}`;
  const port = settings.names[target.split(":")[0] ?? ""];
  const denied = wanted !== undefined && headers["proxy-authorization"] !== wanted;
  const status = settings.refuse ?? (denied ? 407 : port === undefined ? 502 : 200);
  if (status !== 200 || port === undefined) {
    socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  tunnels += 1;
  if (settings.breaks?.includes(tunnels)) {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    // The first bytes of TLS; the request itself would come behind it.
    socket.once("data", () => socket.destroy());
    return;
  }
  const onward = connect(port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  console.log((server.address() as AddressInfo).port);
});
