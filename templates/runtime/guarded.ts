import { isDataError, programmingError } from "./errors.ts";

/**
 * The same methods, but a value that its codec refuses rejects the promise with `programming` instead of throwing at the call: values
 * are encoded before anything is sent.
 */
export function guarded<R extends object>(collection: string, methods: R): R {
  const entries = Object.entries(methods).map(([name, method]) => [
    name,
    guard(`${collection}.${name}`, method),
  ]);
  return Object.fromEntries(entries) as R;
}

type Method = (...values: readonly unknown[]) => Promise<unknown>;

const guard =
  (operation: string, method: Method): Method =>
  (...values) => {
    try {
      return method(...values);
    } catch (error) {
      return Promise.reject(isDataError(error) ? error : refused(operation, error));
    }
  };

const refused = (operation: string, cause: unknown): Error =>
  programmingError(cause instanceof TypeError ? cause.message : "a value cannot be encoded", {
    operation,
    cause,
  });
