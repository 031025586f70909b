/** The client's side of a simulated exchange: deadline, giving up, and how broken answers look. */
import { type HttpAnswer, type HttpRequest, NetworkError } from "../../../src/net/transport.ts";
import type { SimulatedClock } from "./clock.ts";
import type { Reply } from "./server.ts";

/** Whoever takes requests: the simulated cloud, or what stands for another host. */
export interface Server {
  serve(request: HttpRequest): Promise<Reply>;
}

/** Sends one request, with the results and errors that the real transport has. @throws NetworkError */
export function exchange(
  clock: SimulatedClock,
  server: Server,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const { signal, timeoutMs } = request;
  const cancelled = () => new NetworkError("cancelled", "the step was cancelled");
  if (signal?.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      forget();
      signal?.removeEventListener("abort", giveUp);
      settle();
    };
    const giveUp = () => end(() => reject(cancelled()));
    const forget = clock.after(timeoutMs, () => {
      const text = `no complete answer within ${timeoutMs / 1000} s`;
      end(() => reject(new NetworkError("timeout", text)));
    });
    signal?.addEventListener("abort", giveUp, { once: true });
    server.serve(request).then(
      (reply) => {
        if (reply.kind !== "silence") end(() => settleWith(reply, resolve, reject));
      },
      // A defect of the simulation: it must not look like a fault of the network.
      (defect: unknown) => end(() => reject(defect)),
    );
  });
}

function settleWith(
  reply: Exclude<Reply, { kind: "silence" }>,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void {
  if (reply.kind === "broken") {
    reject(new NetworkError(reply.network, reply.detail));
    return;
  }
  const { status, headers, body } = reply.answer;
  if (reply.kind === "answer") resolve({ status, headers, body });
  // Of an error answer, what arrived is enough; a success must be whole.
  else if (status < 300) reject(new NetworkError("cut-off", "the connection closed too early"));
  else resolve({ status, headers, body, breaksOff: true });
}
