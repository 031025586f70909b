/**
 * Whether all of `cvms` can be given a request of their own that they fit, each another one. Then, where nobody
 * else creates any, all of them are ours, although nobody can say whose is whose.
 *
 * @param fits whether the CVM may be the replica of the request
 */
export function haveRequestsOfTheirOwn<C, R>(
  cvms: readonly C[],
  requests: readonly R[],
  fits: (cvm: C, request: R) => boolean,
): boolean {
  const takenBy = new Map<R, C>();
  /** Finds `cvm` a request, moving those that have one to another where need be. */
  const place = (cvm: C, tried: Set<R>): boolean =>
    requests.some((request) => {
      if (tried.has(request) || !fits(cvm, request)) return false;
      tried.add(request);
      const holder = takenBy.get(request);
      if (holder !== undefined && !place(holder, tried)) return false;
      takenBy.set(request, cvm);
      return true;
    });
  return cvms.length <= requests.length && cvms.every((cvm) => place(cvm, new Set()));
}
